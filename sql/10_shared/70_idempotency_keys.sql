-- A client that did not hear an answer repeats its call under the same key and gets the first
-- answer. A call that fails leaves no key behind, since its transaction is rolled back.
create table private.idempotency_keys (
  -- Nil for service_role.
  user_id      uuid not null,
  key          text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  response     jsonb,
  created_at   timestamptz not null default private.now(),
  primary key (user_id, key)
);
comment on table private.idempotency_keys is 'First answers of calls that carried a key.';
comment on column private.idempotency_keys.request_hash is
  'SHA-256 of the function and its arguments.';
comment on column private.idempotency_keys.response is
  'Null only inside the transaction of the first call.';
create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- Raises PT400 invalid_idempotency_key, and PT409 idempotency_key_reused for another request.
create function private.claim_idempotency_key(user_id uuid, key text, request jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_key text := private.parse_text(
    claim_idempotency_key.key, 'invalid_idempotency_key', 200, false
  );
  v_hash bytea := sha256(convert_to(request::text, 'UTF8'));
  v_claimed private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;
  -- A second call waits here for the first to end, and then sees its answer.
  insert into private.idempotency_keys as claim (user_id, key, request_hash)
  values (claim_idempotency_key.user_id, v_key, v_hash)
  on conflict on constraint idempotency_keys_pkey do update set key = excluded.key
  returning claim.* into v_claimed;

  if v_claimed.request_hash <> v_hash then
    perform private.fail('idempotency_key_reused');
  end if;
  return v_claimed.response;
end;
$$;
comment on function private.claim_idempotency_key is
  'The first answer of the same request, or null when this call is the first.';

create function private.store_idempotent_response(user_id uuid, key text, response jsonb)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.idempotency_keys as claim
  set response = store_idempotent_response.response
  where claim.user_id = store_idempotent_response.user_id
    and claim.key = btrim(store_idempotent_response.key, E' \t\r\n')
$$;
comment on function private.store_idempotent_response is
  'Keeps the answer of the call that claimed the key.';

create function private.delete_old_idempotency_keys()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from private.idempotency_keys
    where created_at < private.now() - interval '2 days'
    returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_idempotency_keys is
  'Job: forgets answers after two days. Returns how many.';
