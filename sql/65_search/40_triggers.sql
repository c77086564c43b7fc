-- Every statement that changes what a search may find refreshes the providers it touched.

create function private.tg_providers__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_opened uuid[];
  v_reworded uuid[];
  v_moved uuid[];
begin
  if tg_op = 'INSERT' then
    perform private.refresh_search(array(select row.id from changed as row));
    return null;
  end if;
  v_opened := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.status <> earlier.status
  );
  perform private.refresh_search(v_opened);
  v_reworded := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.id <> all (v_opened)
      and (row.names, row.address, row.landmark, row.postcode, row.city)
        is distinct from (
          earlier.names, earlier.address, earlier.landmark, earlier.postcode, earlier.city
        )
  );
  perform private.refresh_search(v_reworded, '{documents}');
  -- Each booking and review moves a figure; the words stay as they are. The update holds the rows.
  v_moved := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.id <> all (v_opened)
      and (
        row.verification_status, row.rating_average, row.reputation_score, row.location::text
      ) is distinct from (
        earlier.verification_status, earlier.rating_average, earlier.reputation_score,
        earlier.location::text
      )
  );
  if v_moved <> '{}' then
    perform private.refresh_search_entries(v_moved);
  end if;
  return null;
end;
$$;
comment on function private.tg_providers__refresh_search is
  'Triggers _800_refresh_search_… of providers.';

create trigger _800_refresh_search_insert after insert on public.providers
  referencing new table as changed
  for each statement execute function private.tg_providers__refresh_search();
create trigger _800_refresh_search_update after update on public.providers
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_providers__refresh_search();

-- Arguments: the parts of search that the table is in.
create function private.tg__refresh_search_of_provider()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search(
    array(select distinct row.provider_id from changed as row), tg_argv
  );
  return null;
end;
$$;
comment on function private.tg__refresh_search_of_provider is
  'Triggers _800_refresh_search_… of tables with provider_id.';

create trigger _800_refresh_search_insert after insert on public.provider_categories
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');
create trigger _800_refresh_search_update after update on public.provider_categories
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');
create trigger _800_refresh_search_delete after delete on public.provider_categories
  referencing old table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');

create trigger _800_refresh_search_insert after insert on public.services
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'documents');
create trigger _800_refresh_search_delete after delete on public.services
  referencing old table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'documents');

-- Search does not read most of what is written about a service.
create function private.tg_services__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reworded uuid[] := array(
    select distinct row.provider_id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where (row.provider_id, row.category_id, row.names, row.is_active)
      <> (earlier.provider_id, earlier.category_id, earlier.names, earlier.is_active)
  );
begin
  perform private.refresh_search(v_reworded, '{entries,documents}');
  perform private.refresh_search(
    array(
      select distinct row.provider_id
      from changed as row
      join unchanged as earlier on earlier.id = row.id
      where row.provider_id <> all (v_reworded)
        and (row.price_amount, row.price_unit)
          is distinct from (earlier.price_amount, earlier.price_unit)
    ),
    '{entries}'
  );
  return null;
end;
$$;
comment on function private.tg_services__refresh_search is
  'Trigger _800_refresh_search_update of services.';
create trigger _800_refresh_search_update after update on public.services
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_services__refresh_search();

create function private.refresh_search_of_categories(category_ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_ids uuid[] := array(
    with recursive branch as (
      select top.id
      from unnest(category_ids) as top (id)
      union
      select child.id
      from branch
      join public.categories as child on child.parent_id = branch.id
    )
    select distinct chosen.provider_id
    from branch
    join public.provider_categories as chosen on chosen.category_id = branch.id
  );
begin
  perform private.refresh_search(v_provider_ids);
  return cardinality(v_provider_ids);
end;
$$;
comment on function private.refresh_search_of_categories is
  'Refreshes the providers of these categories and of all below them. Returns how many.';

-- A category is part of the documents of its providers, and of those below it.
create function private.tg_categories__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search_of_categories(array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where (
      row.names, row.keywords, row.parent_id, row.is_active, row.phase, row.launches_on
    ) is distinct from (
      earlier.names, earlier.keywords, earlier.parent_id, earlier.is_active, earlier.phase,
      earlier.launches_on
    )
  ));
  return null;
end;
$$;
comment on function private.tg_categories__refresh_search is
  'Trigger _800_refresh_search_update of categories.';

create trigger _800_refresh_search_update after update on public.categories
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_categories__refresh_search();
