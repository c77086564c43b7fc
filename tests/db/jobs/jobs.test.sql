begin;
select plan(14);

select set_eq(
  'select name from private.jobs',
  array[
    'add_up_counts', 'booking_timers', 'delete_old_idempotency_keys', 'delete_old_invitations',
    'delete_old_job_runs', 'delete_old_sign_ins', 'forget_words', 'lift_due_blocks',
    'refresh_launched', 'refresh_tenure', 'settle_ownerless'
  ],
  'the jobs'
);
select is(tests.outcome(command), 'ok', name || ' runs') from private.jobs;
select is_empty(
  $$select from private.jobs where schedule !~ '^(\S+ ){4}\S+$'$$, 'schedules have five fields'
);
select tests.user('asha');
select tests.act_as('asha');
select is(tests.outcome('select from private.jobs'), '42501', 'clients don''t see jobs');

select * from finish();
rollback;
