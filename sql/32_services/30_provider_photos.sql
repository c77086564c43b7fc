-- Photos of providers: their portfolio, work before and after, certificates, and pictures of
-- services. The files lie in the public bucket provider-photos, as <provider_id>/<file>.
create table public.provider_photos (
  id          uuid primary key default private.uuid_v7(),
  provider_id uuid not null references public.providers on delete cascade,
  service_id  uuid,
  kind        text not null default 'portfolio'
    check (kind in ('portfolio', 'before', 'after', 'certificate', 'service')),
  path        text not null unique
    check (starts_with(path, provider_id::text || '/') and private.is_text(path, 500)),
  captions    jsonb check (private.is_language_map(captions, 300)),
  sort_order  integer not null default 0,
  is_verified boolean not null default false,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  -- Deferred, so that _200_check_service speaks first.
  foreign key (service_id, provider_id) references public.services (id, provider_id)
    on delete cascade deferrable initially deferred,
  check ((kind = 'service') = (service_id is not null))
);
comment on table public.provider_photos is 'Pictures that a provider shows, in its order.';
comment on column public.provider_photos.service_id is
  'The service that a picture of kind service shows.';
comment on column public.provider_photos.path is 'Object of the bucket provider-photos.';
create index provider_photos_provider_id_sort_order_idx
  on public.provider_photos (provider_id, sort_order);
create index provider_photos_service_id_provider_id_idx
  on public.provider_photos (service_id, provider_id);

-- Raises PT400 with the column that is wrong.
create function private.tg_provider_photos__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.path := private.parse_provider_path(new.path, new.provider_id, 'invalid_path');
  new.captions := private.parse_language_map(new.captions, 'invalid_captions', 300, false);
  if new.path is null then
    perform private.fail('invalid_path', 'a path of provider-photos');
  end if;
  if coalesce(new.kind, '') not in ('portfolio', 'before', 'after', 'certificate', 'service') then
    perform private.fail(
      'invalid_kind', 'one of portfolio, before, after, certificate, service'
    );
  end if;
  if (new.kind = 'service') <> (new.service_id is not null) then
    perform private.fail(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_photos__validate is
  'Trigger _050_validate of provider_photos.';

-- Raises PT400 invalid_service_id; after the policies, since it knows what strangers must not.
create function private.tg_provider_photos__check_service()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.services as service
  where service.id = new.service_id and service.provider_id = new.provider_id
  for key share;
  if not found then
    perform private.fail(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_photos__check_service is
  'Trigger _200_check_service of provider_photos.';

create trigger _040_refuse_nulls before insert or update on public.provider_photos
  for each row when (new.sort_order is null)
  execute function private.tg__refuse_nulls('invalid_sort_order');
create trigger _050_validate before insert or update on public.provider_photos
  for each row execute function private.tg_provider_photos__validate();
create trigger _200_check_service after insert or update of provider_id, service_id
  on public.provider_photos
  for each row when (new.service_id is not null)
  execute function private.tg_provider_photos__check_service();
create trigger _100_timestamps before insert or update on public.provider_photos
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_photos', 200, 'too_many_photos',
  'select count(*) from public.provider_photos as photo where photo.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_photos
  referencing new table as added
  for each statement execute function private.tg__limit('provider_photos', 'provider_id');
alter table public.provider_photos enable row level security;
grant select on public.provider_photos to anon;
grant
  select,
  insert (provider_id, service_id, kind, path, captions, sort_order),
  update (service_id, kind, captions, sort_order),
  delete
on public.provider_photos to authenticated;
grant select, insert, update, delete on public.provider_photos to service_role;
create policy select_of_visible on public.provider_photos for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.provider_photos for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy update_manager on public.provider_photos for update to authenticated
  using (provider_id in (select private.my_managed_provider_ids()))
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_photos for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));
