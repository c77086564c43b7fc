begin;
select plan(9);
select tests.user('asha');

select is(
  private.claim_idempotency_key(tests.id('asha'), 'k', '["a"]'), null,
  'the first call has no answer'
);
select private.store_idempotent_response(tests.id('asha'), ' k ', '{"n": 1}');
select is(
  private.claim_idempotency_key(tests.id('asha'), ' k ', '["a"]'), '{"n": 1}'::jsonb,
  'the second gets the answer of the first'
);
select is(
  tests.outcome(format(
    $$select private.claim_idempotency_key(%L, 'k', '["b"]')$$, tests.id('asha')
  )),
  'PT409 idempotency_key_reused', 'another request may not use the key'
);
select is(
  private.claim_idempotency_key(tests.id('ravi'), 'k', '["b"]'), null,
  'another user''s keys are other keys'
);
select is(
  private.claim_idempotency_key(tests.id('asha'), null, '["b"]'), null, 'no key, no answer'
);
select is(
  tests.outcome(format(
    $$select private.claim_idempotency_key(%L, %L, '[]')$$, tests.id('asha'), repeat('k', 201)
  )),
  'PT400 invalid_idempotency_key', 'a key is not too long'
);

select tests.pass('2 days 1 minute');
insert into private.idempotency_keys (user_id, key, request_hash)
values (tests.id('asha'), 'j', '');
select is(private.delete_old_idempotency_keys(), 2, 'old keys are forgotten');
select is(
  (select array_agg(key) from private.idempotency_keys), '{j}'::text[], 'young ones are not'
);

select tests.act_as('asha');
select is(
  tests.outcome('select * from private.idempotency_keys'), '42501', 'no client reads the keys'
);

select * from finish();
rollback;
