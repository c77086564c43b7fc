-- Time-ordered ids: RFC 9562 section 5.7, with method 3 of section 6.2 (the 12 bits after the
-- version hold the microseconds of the millisecond), so ids of one session ascend.
-- Postgres 17 has no uuidv7(); the variant bits come from gen_random_uuid().
create function private.uuid_v7()
returns uuid
language sql
volatile
parallel safe
set search_path = ''
as $$
  select encode(
    substring(int8send(clock.us / 1000) from 3)
      || int2send((28672 + clock.us % 1000 * 4096 / 1000)::int2)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid
  from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as clock
$$;
comment on function private.uuid_v7 is 'A UUID of version 7 (RFC 9562), for primary keys.';
grant execute on function private.uuid_v7 to authenticated, service_role;
