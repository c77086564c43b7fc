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
