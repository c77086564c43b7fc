-- Whether a category shows is part of the entries, so a launch refreshes its providers, and those
-- of the categories below it.

create function private.tg_markets__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search_of_categories(array(
    select category.id
    from public.categories as category
    where category.market_id = new.id and category.phase <> 'mvp'
  ));
  return null;
end;
$$;
comment on function private.tg_markets__refresh_search is 'Trigger _800_refresh_search of markets.';

create trigger _800_refresh_search after update of phase on public.markets
  for each row
  when (old.phase <> new.phase)
  execute function private.tg_markets__refresh_search();

create function private.refresh_launched()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  select private.refresh_search_of_categories(array(
    select category.id
    from public.categories as category
    -- The dates that are today somewhere on earth.
    where category.launches_on between (private.now() - interval '12 hours')::date
      and (private.now() + interval '14 hours')::date
  ))
$$;
comment on function private.refresh_launched is
  'Job: refreshes the providers of categories that launch today. Returns how many.';
