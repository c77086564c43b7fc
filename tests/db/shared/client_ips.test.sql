begin;
select plan(13);

create function tests.client_ip(headers jsonb)
returns text
language sql
as $$
  select set_config('request.headers', headers::text, true);
  select host(private.client_ip());
$$;

-- Without a proxy that is named: the last hop of x-forwarded-for, which the gateway wrote itself.
select is(tests.client_ip('{}'), null, 'a call that does not come by HTTP has no address');
select is(
  tests.client_ip('{"x-forwarded-for": "203.0.113.77, 10.0.0.1"}'), '10.0.0.1',
  'what the caller wrote in front of x-forwarded-for is not believed'
);
select is(
  tests.client_ip(jsonb_build_object(name, '203.0.113.77', 'x-forwarded-for', '10.0.0.1')),
  '10.0.0.1',
  format('nor is %s', name)
)
from unnest(array[
  'cf-connecting-ip', 'x-real-ip', 'true-client-ip', 'forwarded', 'x-karigar-client-ip'
]) as name;
select is(
  tests.client_ip('{"x-forwarded-for": "10.0.0.1, nonsense"}'), null, 'nonsense is no address'
);

-- Behind a proxy that writes a header of its own over the caller's.
insert into private.client_ip_headers (name) values ('cf-connecting-ip');
select is(
  tests.client_ip(
    '{"cf-connecting-ip": "198.51.100.4", "x-forwarded-for": "203.0.113.77, 10.0.0.1"}'
  ),
  '198.51.100.4', 'the header that the operator names is believed'
);
select is(
  tests.client_ip('{"x-real-ip": "203.0.113.77", "x-forwarded-for": "10.0.0.1"}'), '10.0.0.1',
  'another one still is not'
);
select is(
  tests.outcome($$insert into private.client_ip_headers (name) values ('x-real-ip')$$), '23505',
  'only one is named'
);

-- Functions forward the address of their caller.
select is(
  tests.client_ip(jsonb_build_object(
    'x-karigar-client-ip', '198.51.100.9', 'x-karigar-proof', function_proof(),
    'cf-connecting-ip', '198.51.100.4', 'x-forwarded-for', '10.0.0.1'
  )),
  '198.51.100.9', 'a function that proves itself is believed'
);
select is(
  tests.client_ip(
    '{"x-karigar-client-ip": "203.0.113.77", "x-karigar-proof": "", "x-forwarded-for": "10.0.0.1"}'
  ),
  '10.0.0.1', 'one that does not is not'
);

select * from finish();
rollback;
