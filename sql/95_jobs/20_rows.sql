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
