-- What a user wishes: language, kinds of services, how to be told. Only the user reads and
-- writes them. A user without a row has the defaults of the columns. The table lies here because it
-- refers to categories.
create table public.preferences (
  user_id      uuid primary key default auth.uid() references public.profiles on delete cascade,
  language     text check (language ~ '^[a-z]{2,3}$'),
  category_ids uuid[] not null default '{}' check (cardinality(category_ids) <= 50),
  channels     jsonb not null
    default '{"push": true, "sms": true, "email": true, "marketing": false}'
    check (jsonb_typeof(channels) = 'object'),
  created_at   timestamptz not null default private.now(),
  updated_at   timestamptz not null default private.now()
);
comment on table public.preferences is 'What a user wishes; without a row, the defaults.';
comment on column public.preferences.language is 'ISO 639, as in profiles; null: the profile''s.';
comment on column public.preferences.category_ids is
  'Categories of the user''s market, the most wanted first.';
comment on column public.preferences.channels is
  'Whether to be told by push, sms, email, whatsapp, telegram, and of offers (marketing).';

-- Raises PT400 with the column that is wrong.
create function private.tg_preferences__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.language := private.parse_language(new.language, 'invalid_language', false);
  if new.category_ids is null
    or cardinality(new.category_ids) > 50
    -- Nulls don't count either.
    or cardinality(new.category_ids) <> (
      select count(distinct category_id) from unnest(new.category_ids) as category_id
    )
  then
    perform private.fail('invalid_category_ids', 'different categories of the user''s market');
  end if;
  new.channels := private.parse_object(new.channels, 'invalid_channels', 1000);
  if exists (
    select 1
    from jsonb_each(new.channels) as channel
    where channel.key not in ('push', 'sms', 'email', 'whatsapp', 'telegram', 'marketing')
      or jsonb_typeof(channel.value) <> 'boolean'
  ) then
    perform private.fail(
      'invalid_channels',
      'an object of true and false for push, sms, email, whatsapp, telegram, marketing'
    );
  end if;
  return new;
end;
$$;
comment on function private.tg_preferences__validate is 'Trigger _050_validate of preferences.';

create trigger _010_lock_me before insert or update on public.preferences
  for each statement execute function private.tg__lock_me();
create trigger _050_validate before insert or update on public.preferences
  for each row execute function private.tg_preferences__validate();

-- After the policies: before them nothing may depend on other people's profiles.
create function private.tg_preferences__check_categories()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if cardinality(new.category_ids) <> (
    select count(*)
    from public.categories as category
    join public.profiles as profile on profile.id = new.user_id
    where category.id = any (new.category_ids)
      and category.market_id = profile.market_id
      and private.is_shown(category)
  ) then
    perform private.fail('invalid_category_ids', 'different categories of the user''s market');
  end if;
  return null;
end;
$$;
comment on function private.tg_preferences__check_categories is
  'Trigger _200_check_categories of preferences.';
create trigger _200_check_categories after insert or update of category_ids on public.preferences
  for each row execute function private.tg_preferences__check_categories();
create trigger _100_timestamps before insert or update on public.preferences
  for each row execute function private.tg__timestamps();
alter table public.preferences enable row level security;
grant
  select,
  insert (user_id, language, category_ids, channels),
  update (user_id, language, category_ids, channels)
on public.preferences to authenticated;
grant select on public.preferences to service_role;
create policy select_self on public.preferences for select to authenticated
  using (user_id = (select private.me()));
create policy insert_self on public.preferences for insert to authenticated
  with check (user_id = (select private.me()));
create policy update_self on public.preferences for update to authenticated
  using (user_id = (select private.me()))
  with check (user_id = (select private.me()));
