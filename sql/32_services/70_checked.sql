-- "Checked" is true only of what an admin has seen. Each such flag has a trigger that names the
-- columns it was given for; a change of one of them asks for a new check. Triggers _070_uncheck
-- take back only flags that were there before: an admin who writes both at once has looked.

-- Arguments: the column, and its value before a check. It runs with the caller's rights, since it
-- needs nothing but the row.
create function private.tg__uncheck()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], tg_argv[1]));
end;
$$;
comment on function private.tg__uncheck is
  'Triggers _070_uncheck, when a column has changed that was checked.';

create function private.stated(provider public.providers)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_array(
    (provider).market_id, (provider).names, (provider).kind, (provider).vertical_id,
    (provider).location::text, (provider).address, (provider).postcode, (provider).city,
    (provider).payment_link, (provider).payment_qr_path
  )
$$;
comment on function private.stated is
  'What a business says that it is, where it is, and where its customers pay: what admins check.';
grant execute on function private.stated to authenticated, service_role;

-- Whoever reviews it begins anew.
create trigger _070_uncheck before update on public.providers
  for each row
  when (
    old.verification_status in ('verified', 'under_review')
    and new.verification_status = old.verification_status
    and private.stated(old) <> private.stated(new)
  )
  execute function private.tg__uncheck('verification_status', 'pending');

create trigger _070_uncheck before update on public.provider_photos
  for each row
  when (
    old.is_verified
    and new.is_verified
    and (old.provider_id, old.service_id, old.kind, old.path, old.captions)
      is distinct from (new.provider_id, new.service_id, new.kind, new.path, new.captions)
  )
  execute function private.tg__uncheck('is_verified', 'false');

create trigger _070_uncheck before update on public.provider_skills
  for each row
  when (
    old.is_verified
    and new.is_verified
    and (old.provider_id, old.name) is distinct from (new.provider_id, new.name)
  )
  execute function private.tg__uncheck('is_verified', 'false');

-- A featured place is sold for the service as it is, not for what it might become.
create trigger _070_uncheck before update on public.services
  for each row
  when (
    old.is_featured
    and new.is_featured
    and (old.provider_id, old.category_id, old.names)
      is distinct from (new.provider_id, new.category_id, new.names)
  )
  execute function private.tg__uncheck('is_featured', 'false');

comment on column public.providers.verification_status is
  'What the platform has checked; pending again when the business changes what it is, where it is,
where its customers pay, or who owns it.';
comment on column public.provider_photos.is_verified is
  'Checked by the platform; not since its file, kind, service or captions changed.';
comment on column public.provider_skills.is_verified is 'Checked by the platform.';
comment on column public.services.is_featured is
  'Shown first; sold by the platform, for this name and category.';

create function private.recheck_providers(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- In every state: an admin who verifies one at the same moment waits, and then sees the change.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  update public.providers as provider
  set verification_status = 'pending'
  where provider.id = any (provider_ids)
    and provider.verification_status in ('verified', 'under_review');
end;
$$;
comment on function private.recheck_providers is 'Asks for a new check of them.';

-- Its file is what a picture shows, and a payment code says where the money goes.
create function private.tg_objects__uncheck()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_paths text[] := array_remove(
    array[
      case when old.bucket_id = 'provider-photos' then old.name end,
      case when new.bucket_id = 'provider-photos' then new.name end
    ],
    null
  );
begin
  update public.provider_photos as photo
  set is_verified = false
  where photo.path = any (v_paths) and photo.is_verified;
  perform private.recheck_providers(array(
    select provider.id
    from unnest(v_paths) as changed (path)
    join public.providers as provider
      on provider.id = private.provider_of_photo(changed.path)
      and provider.payment_qr_path = changed.path
  ));
  return null;
end;
$$;
comment on function private.tg_objects__uncheck is
  'Triggers _600_uncheck_… of storage.objects, for the files of businesses.';
create trigger _600_uncheck_new_photo after insert on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__uncheck();
create trigger _600_uncheck_changed_photo
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when ('provider-photos' in (old.bucket_id, new.bucket_id))
  execute function private.tg_objects__uncheck();
create trigger _600_uncheck_deleted_photo after delete on storage.objects
  for each row when (old.bucket_id = 'provider-photos')
  execute function private.tg_objects__uncheck();

create function private.fingerprint(provider public.providers)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select md5(jsonb_build_array(
    private.stated(provider),
    (
      select coalesce(object.version, object.metadata ->> 'eTag')
      from storage.objects as object
      where object.bucket_id = 'provider-photos' and object.name = (provider).payment_qr_path
    ),
    (
      select jsonb_agg(member.user_id order by member.user_id)
      from public.provider_members as member
      where member.provider_id = (provider).id and member.role = 'owner'
    )
  )::text)
$$;
comment on function private.fingerprint is
  'Of what admins check: other when the business, its payment code or its owners are others.';

-- A new owner of a checked business is checked too. Owners that the platform itself adds, and the
-- one who creates the business, need no check.
create function private.tg_provider_members__uncheck()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and old.role = 'owner' then
    return null;
  end if;
  if (select auth.uid()) is not null and exists (
    select 1
    from public.provider_members as other
    where other.provider_id = new.provider_id
      and other.user_id <> new.user_id
      and other.role = 'owner'
  ) then
    perform private.recheck_providers(array[new.provider_id]);
    -- It was the background of the people who owned it before.
    update public.providers as provider
    set background_checked_at = null
    where provider.id = new.provider_id and provider.background_checked_at is not null;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_members__uncheck is
  'Trigger _450_uncheck of provider_members.';
create trigger _450_uncheck after insert or update of role on public.provider_members
  for each row when (new.role = 'owner')
  execute function private.tg_provider_members__uncheck();
