-- How often one person may do something: a bucket of tokens per person and action, refilled evenly.
create table private.rate_limits (
  action         text primary key check (action ~ '^[a-z_]+$'),
  capacity       integer not null check (capacity > 0),
  window_seconds integer not null check (window_seconds > 0),
  reason         text not null references private.errors on delete restrict,
  created_at     timestamptz not null default private.now(),
  updated_at     timestamptz not null default private.now()
);
comment on table private.rate_limits is
  'Limits of what one person does; each domain adds those of its own.';
comment on column private.rate_limits.capacity is 'Calls that may come at once.';
comment on column private.rate_limits.window_seconds is 'Time in which an empty bucket fills.';
comment on column private.rate_limits.reason is 'Of the refusal, whose texts have the seconds.';
create index rate_limits_reason_idx on private.rate_limits (reason);
create trigger _100_timestamps before insert or update on private.rate_limits
  for each row execute function private.tg__timestamps();

insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('change_settings', 60, 60, 'too_many_changes')
on conflict (action) do nothing;

create table private.token_buckets (
  user_id     uuid not null references public.profiles on delete cascade,
  action      text not null references private.rate_limits on delete cascade,
  tokens      double precision not null,
  refilled_at timestamptz not null,
  primary key (user_id, action)
);
comment on table private.token_buckets is 'What is left of a limit; none means all of it.';
create index token_buckets_action_idx on private.token_buckets (action);

create function private.tokens_now(bucket private.token_buckets, rate private.rate_limits)
returns double precision
language sql
volatile
set search_path = ''
as $$
  select least(
    (rate).capacity::float8,
    (bucket).tokens
      + greatest(extract(epoch from private.moment() - (bucket).refilled_at)::float8, 0)
        * (rate).capacity / (rate).window_seconds
  )
$$;
comment on function private.tokens_now is 'Tokens in the bucket at this moment.';

-- Raises PT429 with the reason of the row.
create function private.take_token(user_id uuid, action text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit private.rate_limits;
  v_wait integer;
begin
  select * into strict v_limit
  from private.rate_limits as limited
  where limited.action = take_token.action;
  insert into private.token_buckets as bucket (user_id, action, tokens, refilled_at)
  values (take_token.user_id, take_token.action, v_limit.capacity - 1, private.moment())
  on conflict on constraint token_buckets_pkey do update
  set tokens = private.tokens_now(bucket, v_limit) - 1, refilled_at = excluded.refilled_at
  where private.tokens_now(bucket, v_limit) >= 1;
  if found then
    return;
  end if;
  select ceil(
      (1 - private.tokens_now(bucket, v_limit)) * v_limit.window_seconds / v_limit.capacity
    )
  into v_wait
  from private.token_buckets as bucket
  where bucket.user_id = take_token.user_id and bucket.action = take_token.action;
  perform private.fail(v_limit.reason, greatest(v_wait, 1)::text);
end;
$$;
comment on function private.take_token is
  'Takes a token, or refuses and says after how many seconds there will be one. '
  'A call that fails afterwards gives it back, since its transaction is rolled back.';
