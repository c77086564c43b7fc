-- Where a request comes from. Callers write into any header what they like, so an address is
-- taken only from what somebody of ours wrote.

create table private.client_ip_headers (
  name    text primary key check (name ~ '^[a-z][a-z0-9-]{0,99}$'),
  is_only boolean not null default true unique check (is_only)
);
comment on table private.client_ip_headers is
  'The header in which the proxy before the Data API tells the address of the caller, written over
what the caller sent, as Cloudflare does on hosted Supabase. No row where there is no such proxy.';

create table private.function_proofs (
  proof   text not null default encode(extensions.gen_random_bytes(32), 'hex'),
  is_only boolean primary key default true check (is_only)
);
comment on table private.function_proofs is
  'The secret by which the database knows a call that one of our functions makes for somebody.';
insert into private.function_proofs default values on conflict do nothing;

create function private.function_proof()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select proof from private.function_proofs
$$;
comment on function private.function_proof is
  'What a function with a secret key sends as x-karigar-proof beside x-karigar-client-ip.';

select private.expose('function_proof', 'service_role');

create function private.request_header(name text)
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> name
$$;
comment on function private.request_header is
  'A header of the request, lowercase; null outside of the Data API.';

create function private.parse_ip(value text)
returns inet
language plpgsql
immutable
set search_path = ''
as $$
begin
  return nullif(btrim(parse_ip.value), '')::inet;
exception when data_exception then
  return null;
end;
$$;
comment on function private.parse_ip is 'An address of IPv4 or IPv6; null if it is none.';

create function private.client_ip()
returns inet
language sql
stable
security definer
set search_path = ''
as $$
  select private.parse_ip(coalesce(
    (
      select private.request_header('x-karigar-client-ip') from private.function_proofs
      where proof = private.request_header('x-karigar-proof')
    ),
    (select private.request_header(name) from private.client_ip_headers),
    -- The last hop is what the gateway itself has seen.
    substring(private.request_header('x-forwarded-for') from '[^,]*$')
  ))
$$;
comment on function private.client_ip is
  'The address that the request comes from, as far as somebody of ours has seen it.';
