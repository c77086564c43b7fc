-- The bucket of provider_photos. It is public: whoever has an address sees the picture. Owners and
-- managers write in the folder of their provider.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'provider-photos', 'provider-photos', true, 5242880, '{image/jpeg,image/png,image/webp}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.can_change_provider_photo(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select substring(
    path from '^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/[^/]+\.(?:jpg|jpeg|png|webp)$'
  )::uuid in (select private.my_managed_provider_ids())
$$;
comment on function private.can_change_provider_photo(text) is
  'Whether the path is `<provider id>/<file>` of a provider that the user owns or manages.';

create function private.has_room_for_provider_photo(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select count(*) < 300
  from storage.objects as object
  where object.bucket_id = 'provider-photos'
    and object.name like split_part(path, '/', 1) || '/%'
    and object.name <> path
$$;
comment on function private.has_room_for_provider_photo(text) is
  'Whether the folder of this path has fewer than 300 other files.';

grant execute on function
  private.can_change_provider_photo(text), private.has_room_for_provider_photo(text)
to authenticated, service_role;

create policy select_provider_photo_manager on storage.objects for select to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name));
create policy insert_provider_photo_manager on storage.objects for insert to authenticated
  with check (
    bucket_id = 'provider-photos'
    and private.can_change_provider_photo(name)
    and private.has_room_for_provider_photo(name)
  );
create policy update_provider_photo_manager on storage.objects for update to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name))
  with check (
    bucket_id = 'provider-photos'
    and private.can_change_provider_photo(name)
    and private.has_room_for_provider_photo(name)
  );
create policy delete_provider_photo_manager on storage.objects for delete to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name));
