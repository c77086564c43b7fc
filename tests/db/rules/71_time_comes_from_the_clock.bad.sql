create function private.bad_function() returns boolean language sql stable set search_path = ''
as $$ select current_date > 'today'::date and clock_timestamp() > pg_catalog.now() $$;
create table public.bad (
  at timestamptz not null default now(), day date not null check (day <= current_date)
);
create policy select_bad on public.bad for select to authenticated using (at < localtimestamp);
create trigger _900_bad before insert on public.bad
  for each row when (new.at < statement_timestamp()) execute function private.tg__timestamps();
create view public.bad_view as select at, age(at) as age from public.bad;
update private.limits set counted = 'select count(*) from public.bad where at > now()';
update private.jobs set command = 'select now()';
