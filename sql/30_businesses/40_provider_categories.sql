-- Categories that a provider works in. Everybody reads those of active providers.
create table public.provider_categories (
  provider_id uuid not null,
  category_id uuid not null,
  -- Ties both sides to one market.
  market_id   text not null default '',
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  primary key (provider_id, category_id),
  foreign key (provider_id, market_id) references public.providers (id, market_id)
    on delete cascade,
  -- Deferred, so that _200_check_category speaks first.
  foreign key (category_id, market_id) references public.categories (id, market_id)
    on delete restrict deferrable initially deferred
);
comment on table public.provider_categories is 'Categories that a provider works in.';
-- The default is for generated types alone: a column with one need not be given.
comment on column public.provider_categories.market_id is 'The provider''s; set by trigger.';
create index provider_categories_provider_id_market_id_idx
  on public.provider_categories (provider_id, market_id);
create index provider_categories_category_id_market_id_idx
  on public.provider_categories (category_id, market_id);

-- Clients can't write market_id: it is taken from the provider, if the caller may see that one. All
-- others are refused by the policies.
create function private.tg_provider_categories__set_market()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.market_id := (
    select provider.market_id from public.providers as provider where provider.id = new.provider_id
  );
  if new.category_id is null then
    perform private.fail('invalid_category_id', 'a category of the provider''s market');
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_categories__set_market is
  'Trigger _050_set_market of provider_categories.';

-- Raises PT400 invalid_category_id; after the policies, since it knows what strangers must not.
create function private.tg_provider_categories__check_category()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.categories as category
  where category.id = new.category_id
    and category.market_id = new.market_id
    -- Seeds and admins prepare what is still to come.
    and ((select auth.uid()) is null or private.is_shown(category))
  for key share;
  if not found then
    perform private.fail('invalid_category_id', 'a category of the provider''s market');
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_categories__check_category is
  'Trigger _200_check_category of provider_categories.';

create trigger _050_set_market before insert on public.provider_categories
  for each row execute function private.tg_provider_categories__set_market();
create trigger _200_check_category after insert on public.provider_categories
  for each row execute function private.tg_provider_categories__check_category();
create trigger _100_timestamps before insert or update on public.provider_categories
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_categories', 10, 'too_many_categories',
  'select count(*) from public.provider_categories as chosen where chosen.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_categories
  referencing new table as added
  for each statement execute function private.tg__limit('provider_categories', 'provider_id');
alter table public.provider_categories enable row level security;
grant select on public.provider_categories to anon;
grant select, insert (provider_id, category_id), delete
  on public.provider_categories to authenticated;
grant select, insert, delete on public.provider_categories to service_role;
-- The subqueries are themselves under the policies of providers and categories.
create policy select_of_visible on public.provider_categories for select to anon
  using (
    exists (select 1 from public.providers as provider where provider.id = provider_id)
    and exists (select 1 from public.categories as category where category.id = category_id)
  );
create policy select_of_visible_or_member on public.provider_categories
  for select to authenticated
  using (
    exists (select 1 from public.providers as provider where provider.id = provider_id)
      and exists (select 1 from public.categories as category where category.id = category_id)
    or provider_id in (select private.my_provider_ids())
  );
create policy insert_manager on public.provider_categories for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_categories for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));
