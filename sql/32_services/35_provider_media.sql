-- The bucket of provider_photos. It is public: whoever has an address sees the picture. Owners and
-- managers write in the folder of their provider. (The bucket takes HEIC, but the trigger
-- refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'provider-photos', 'provider-photos', true, 5242880,
  '{image/jpeg,image/png,image/webp,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.provider_of_photo(path text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(path, '^<id>/[^/]+$')
$$;
comment on function private.provider_of_photo is
  'Of `<provider id>/<file>`; null for any other path.';

create function private.can_change_provider_photo(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.provider_of_photo(path) in (select private.my_managed_provider_ids())
$$;
comment on function private.can_change_provider_photo is
  'Whether the path is in the folder of a provider that the user owns or manages.';
grant execute on function private.can_change_provider_photo to authenticated, service_role;

-- A list shows a few files of many, so this must cost nothing for each file.
create policy select_provider_photo_manager on storage.objects for select to authenticated
  using (
    bucket_id = 'provider-photos'
    and split_part(name, '/', 1) = any (array(
      select managed::text from private.my_managed_provider_ids() as managed
    ))
  );
create policy insert_provider_photo_manager on storage.objects for insert to authenticated
  with check (
    bucket_id = 'provider-photos'
    and private.is_upload()
    and private.can_change_provider_photo(name)
  );
create policy update_provider_photo_manager on storage.objects for update to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name))
  with check (
    bucket_id = 'provider-photos'
    and private.is_upload()
    and private.can_change_provider_photo(name)
  );
create policy delete_provider_photo_manager on storage.objects for delete to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name));

insert into private.limits (name, maximum, reason, counted)
values (
  'provider_photo_files', 300, 'too_many_provider_files',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''provider-photos'' and object.name like $1 || ''/%'''
)
on conflict (name) do nothing;

create function private.tg_objects__guard_provider_photo()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_id uuid := private.provider_of_photo(new.name);
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is not null and not (
    private.is_live(new.owner_id::uuid) and exists (
      select 1
      from public.provider_members as member
      where member.provider_id = v_provider_id
        and member.user_id = new.owner_id::uuid
        and member.role in ('owner', 'manager')
    )
  ) then
    perform private.fail('upload_not_allowed');
  end if;
  if tg_op = 'INSERT' or new.name <> old.name or new.bucket_id <> old.bucket_id then
    perform private.require_room('provider_photo_files', v_provider_id::text, 0);
  end if;
  return null;
end;
$$;
comment on function private.tg_objects__guard_provider_photo is
  'Triggers _500_guard_provider_photo and _510_guard_provider_photo of storage.objects.';

create trigger _500_guard_provider_photo after insert on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();
create trigger _510_guard_provider_photo
  after update of bucket_id, name, version, owner_id, metadata on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();
