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
  v_count integer := 0;
begin
  if to_regclass('cron.job_run_details') is not null then
    execute $q$
      delete from cron.job_run_details
      where coalesce(end_time, start_time) < now() - interval '7 days'
    $q$;
    get diagnostics v_count = row_count;
  end if;
  return v_count;
end;
$$;
comment on function private.delete_old_job_runs() is
  'Job: forgets runs of jobs after a week. Returns how many.';
