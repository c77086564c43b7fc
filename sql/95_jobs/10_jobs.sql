-- Work that runs by the clock. Where pg_cron is there (hosted) it runs the rows; the embedded
-- stack's scheduler runs them itself.
create table private.jobs (
  name        text primary key check (name ~ '^[a-z_]+$'),
  schedule    text not null,
  command     text not null,
  description text not null,
  is_active   boolean not null default true,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now()
);
comment on table private.jobs is 'Work that runs by the clock.';
comment on column private.jobs.schedule is 'Five fields as in crontab, UTC.';
comment on column private.jobs.command is 'One SQL statement; safe to run twice at once.';
create trigger _100_timestamps before insert or update on private.jobs
  for each row execute function private.tg__timestamps();

-- pg_cron may be absent, so its functions are called by text.
create function private.tg_jobs__schedule()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select 1 from pg_catalog.pg_extension as present where present.extname = 'pg_cron')
  then
    return null;
  end if;
  if tg_op = 'DELETE' or not new.is_active then
    execute 'select cron.unschedule(jobid) from cron.job where jobname = $1'
      using case tg_op when 'DELETE' then old.name else new.name end;
  else
    execute 'select cron.schedule($1, $2, $3)' using new.name, new.schedule, new.command;
  end if;
  return null;
end;
$$;
comment on function private.tg_jobs__schedule is 'Trigger _500_schedule of jobs.';

create trigger _500_schedule after insert or update or delete on private.jobs
  for each row execute function private.tg_jobs__schedule();
