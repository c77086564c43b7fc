-- Addresses of users: their own alone. One of them may be the default; a new default takes the
-- place of the former in the same statement.
create table public.addresses (
  id         uuid primary key default private.uuid_v7(),
  user_id    uuid not null default auth.uid() references public.profiles on delete cascade,
  label      text not null check (private.is_text(label, 50)),
  address    text not null check (private.is_text(address, 500)),
  landmark   text check (private.is_text(landmark, 200)),
  city       text check (private.is_text(city, 100)),
  district   text check (private.is_text(district, 100)),
  state      text check (private.is_text(state, 100)),
  postcode   text check (private.is_text(postcode, 20)),
  lat        double precision not null check (lat between -90 and 90),
  lng        double precision not null check (lng between -180 and 180),
  is_default boolean not null default false,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table public.addresses is 'Where a user wants services; at most 50, read by its owner.';
comment on column public.addresses.label is 'As the user calls it: Home, Office.';
comment on column public.addresses.lat is 'WGS 84 degrees.';
comment on column public.addresses.lng is 'WGS 84 degrees.';
create index addresses_user_id_idx on public.addresses (user_id);
create unique index addresses_default_key on public.addresses (user_id) where is_default;

-- Raises PT400 with the column that is wrong.
create function private.tg_addresses__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.label := private.parse_text(new.label, 'invalid_label', 50);
  new.address := private.parse_text(new.address, 'invalid_address', 500);
  new.landmark := private.parse_text(new.landmark, 'invalid_landmark', 200, false);
  new.city := private.parse_text(new.city, 'invalid_city', 100, false);
  new.district := private.parse_text(new.district, 'invalid_district', 100, false);
  new.state := private.parse_text(new.state, 'invalid_state', 100, false);
  new.postcode := private.parse_postcode(new.postcode, 'invalid_postcode');
  if (new.lat between -90 and 90) is not true then
    perform private.fail('invalid_lat', 'from -90 to 90');
  end if;
  if (new.lng between -180 and 180) is not true then
    perform private.fail('invalid_lng', 'from -180 to 180');
  end if;
  if new.is_default then
    -- Changes of one user take turns, so that two defaults don't meet. The policies leave the
    -- caller's own rows to the caller's rights.
    perform private.take_turn('addresses', new.user_id::text);
    update public.addresses as address
    set is_default = false
    where address.user_id = new.user_id and address.is_default and address.id <> new.id;
  end if;
  return new;
end;
$$;
comment on function private.tg_addresses__validate is 'Trigger _050_validate of addresses.';

create trigger _010_lock_me before insert or update on public.addresses
  for each statement execute function private.tg__lock_me();
create trigger _040_refuse_nulls before insert or update on public.addresses
  for each row when (new.is_default is null)
  execute function private.tg__refuse_nulls('invalid_is_default');
create trigger _050_validate before insert or update on public.addresses
  for each row execute function private.tg_addresses__validate();
create trigger _100_timestamps before insert or update on public.addresses
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'addresses', 50, 'too_many_addresses',
  'select count(*) from public.addresses as address where address.user_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.addresses
  referencing new table as added
  for each statement execute function private.tg__limit('addresses', 'user_id');
alter table public.addresses enable row level security;
grant
  select,
  insert (label, address, landmark, city, district, state, postcode, lat, lng, is_default),
  update (label, address, landmark, city, district, state, postcode, lat, lng, is_default),
  delete
on public.addresses to authenticated;
grant select on public.addresses to service_role;
create policy select_self on public.addresses for select to authenticated
  using (user_id = (select private.me()));
create policy insert_self on public.addresses for insert to authenticated
  with check (user_id = (select private.me()));
create policy update_self on public.addresses for update to authenticated
  using (user_id = (select private.me()))
  with check (user_id = (select private.me()));
create policy delete_self on public.addresses for delete to authenticated
  using (user_id = (select private.me()));
