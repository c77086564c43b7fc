-- Active providers and services of each category, as changes of counts. Every change of the
-- counted rows of a provider, or of its status, has locked the provider before it counts:
-- private.refresh_search locks it, in triggers that come before these. So nobody counts by a
-- status that is about to change.

create function private.tg_provider_categories__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_providers', - count(*)
    from unchanged as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id;
  end if;
  if tg_op <> 'DELETE' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_providers', count(*)
    from changed as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_categories__count is
  'Triggers _900_count_… of provider_categories.';

create trigger _900_count_insert after insert on public.provider_categories
  referencing new table as changed
  for each statement execute function private.tg_provider_categories__count();
create trigger _900_count_update after update on public.provider_categories
  referencing old table as unchanged new table as changed
  for each statement execute function private.tg_provider_categories__count();
create trigger _900_count_delete after delete on public.provider_categories
  referencing old table as unchanged
  for each statement execute function private.tg_provider_categories__count();

create function private.tg_services__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    -- In one statement, so that what stays as it is adds up to nothing whatever the status.
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', sum(row.change)
    from (
      select before.provider_id, before.category_id, -1 as change
      from unchanged as before
      where before.is_active
      union all
      select after.provider_id, after.category_id, 1
      from changed as after
      where after.is_active
    ) as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id
    having sum(row.change) <> 0;
  elsif tg_op = 'INSERT' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', count(*)
    from changed as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active' and row.is_active
    group by row.category_id;
  else
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', - count(*)
    from unchanged as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active' and row.is_active
    group by row.category_id;
  end if;
  return null;
end;
$$;
comment on function private.tg_services__count is 'Triggers _900_count_… of services.';

create trigger _900_count_insert after insert on public.services
  referencing new table as changed
  for each statement execute function private.tg_services__count();
create trigger _900_count_update after update on public.services
  referencing old table as unchanged new table as changed
  for each statement execute function private.tg_services__count();
create trigger _900_count_delete after delete on public.services
  referencing old table as unchanged
  for each statement execute function private.tg_services__count();

-- A provider that becomes active, or is no longer, brings or takes all of its rows. When it is
-- deleted its rows go after it, and find no provider to count for.
create function private.tg_providers__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_change integer := case when tg_op = 'UPDATE' and new.status = 'active' then 1 else -1 end;
begin
  insert into private.count_changes (subject_id, counter, change)
  select chosen.category_id, 'category_providers', v_change
  from public.provider_categories as chosen
  where chosen.provider_id = old.id
  union all
  select service.category_id, 'category_services', v_change * count(*)
  from public.services as service
  where service.provider_id = old.id and service.is_active
  group by service.category_id;
  return case tg_op when 'DELETE' then old else new end;
end;
$$;
comment on function private.tg_providers__count is 'Triggers _900_count_… of providers.';

create trigger _900_count_update after update of status on public.providers
  for each row
  when ((old.status = 'active') <> (new.status = 'active'))
  execute function private.tg_providers__count();
create trigger _900_count_delete before delete on public.providers
  for each row
  when (old.status = 'active')
  execute function private.tg_providers__count();
