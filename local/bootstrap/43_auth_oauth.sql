-- Where the auth service is itself the client of a provider: what it must remember until the
-- callback. The state that goes out is the id of the flow_state that refers to this row.

create table if not exists auth.oauth_client_states (
  id uuid primary key,
  provider_type text not null,
  code_verifier text,
  created_at timestamptz not null
);
comment on table auth.oauth_client_states is
  'Stores OAuth states for third-party provider authentication flows where Supabase acts as the '
  'OAuth client.';
create index if not exists idx_oauth_client_states_created_at
  on auth.oauth_client_states (created_at);
