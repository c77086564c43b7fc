-- Built from sql/95_jobs by `npm run generate`: edit it there.

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

-- pg_cron keeps a row of every run, thousands a day, and deletes none. It may be absent, so its
-- table is named by text.
create function private.delete_old_job_runs()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_runs regclass := to_regclass('cron.job_run_details');
  v_count integer := 0;
begin
  if v_runs is not null then
    execute format(
      'delete from %s
       where coalesce(end_time, start_time) < private.now() - interval ''7 days''',
      v_runs
    );
    get diagnostics v_count = row_count;
  end if;
  return v_count;
end;
$$;
comment on function private.delete_old_job_runs is
  'Job: forgets runs of jobs after a week. Returns how many.';

-- The rows of pg_cron follow these by trigger, so the extension comes first.
do $$
begin
  if exists (select 1 from pg_catalog.pg_available_extensions where name = 'pg_cron')
    and current_setting('cron.database_name', true) = current_database()
  then
    create extension if not exists pg_cron with schema pg_catalog;
  end if;
end;
$$;

insert into private.jobs (name, schedule, command, description)
values
  (
    'add_up_counts', '* * * * *', 'select private.add_up_counts()',
    'Adds up the counts of categories and services.'
  ),
  (
    'booking_timers', '* * * * *', 'select private.run_booking_timers()',
    'Expires unanswered bookings and closes forgotten ones.'
  ),
  (
    'delete_old_idempotency_keys', '17 * * * *', 'select private.delete_old_idempotency_keys()',
    'Forgets answers of calls that carried a key.'
  ),
  (
    'delete_old_job_runs', '41 2 * * *', 'select private.delete_old_job_runs()',
    'Forgets what pg_cron says of runs after a week.'
  ),
  (
    'delete_old_invitations', '47 2 * * *', 'select private.delete_old_invitations()',
    'Forgets invitations after ninety days.'
  ),
  (
    'delete_old_sign_ins', '37 2 * * *', 'select private.delete_old_sign_ins()',
    'Forgets sign-ins after a year.'
  ),
  (
    'forget_words', '* * * * *', 'select private.forget_words()',
    'Takes words out of the search that no business has any more.'
  ),
  (
    'lift_due_blocks', '* * * * *', 'select private.lift_due_blocks()',
    'Ends blocks of users whose time is over.'
  ),
  (
    'refresh_launched', '1 * * * *', 'select private.refresh_launched()',
    'Shows the businesses of categories whose day has come.'
  ),
  (
    'refresh_tenure', '23 1 * * *', 'select private.refresh_tenure()',
    'Scores businesses whose time on the platform reached another step.'
  ),
  (
    'settle_ownerless', '* * * * *', 'select private.settle_ownerless()',
    'Brings businesses back whose owner''s ban in Auth is over.'
  )
on conflict (name) do update set
  schedule = excluded.schedule,
  command = excluded.command,
  description = excluded.description;
