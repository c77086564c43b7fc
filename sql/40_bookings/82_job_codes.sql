-- Start and completion codes: the customer holds the code and says it to whoever is at the door,
-- who types it in. So both were there, and neither can deny it later. Which moves need a code is
-- data: booking_transitions.job_code and markets.requires_….

-- One code per booking and purpose: a new one takes the place of the old. Only the hash is kept.
create table private.job_codes (
  booking_id    uuid not null references public.bookings on delete cascade,
  purpose       text not null check (purpose in ('start', 'completion')),
  salt          bytea not null,
  code_hash     bytea not null,
  attempts      integer not null default 0 check (attempts between 0 and 5),
  expires_at    timestamptz not null,
  confirmed_at  timestamptz,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now(),
  primary key (booking_id, purpose)
);
comment on table private.job_codes is 'Codes that a customer shows when a job starts and ends.';
comment on column private.job_codes.code_hash is
  'SHA-256 of salt, booking, purpose and code: out of sight of backups and logs. Six digits can be
searched, so expiry and attempts are what protects them.';
comment on column private.job_codes.attempts is 'Wrong tries; after five only a new code helps.';
create trigger _100_timestamps before insert or update on private.job_codes
  for each row execute function private.tg__timestamps();

-- Who asked for how many. Each side has a number of its own, so the business can't use up the
-- customer's.
create table private.job_code_requests (
  id         uuid primary key default private.uuid_v7(),
  booking_id uuid not null references public.bookings on delete cascade,
  purpose    text not null check (purpose in ('start', 'completion')),
  side       text not null check (side in ('customer', 'business')),
  created_at timestamptz not null default private.now()
);
comment on table private.job_code_requests is 'Each time that a code of a job was asked for.';
create index job_code_requests_booking_id_idx
  on private.job_code_requests (booking_id, created_at);

insert into private.limits (name, maximum, reason, counted)
values (
  'job_codes', 10, 'too_many_job_codes',
  'select count(*)
   from private.job_code_requests as request
   where request.booking_id = split_part($1, '':'', 1)::uuid
     and request.purpose = split_part($1, '':'', 2)
     and request.side = split_part($1, '':'', 3)
     and request.created_at > private.now() - interval ''1 hour'''
)
on conflict (name) do nothing;

-- Each SMS costs, and goes to a number that the customer may choose.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('send_job_code', 30, 3600, 'too_many_job_codes')
on conflict (action) do nothing;

create function private.hash_job_code(booking_id uuid, purpose text, salt bytea, code text)
returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(salt || convert_to(concat_ws(':', booking_id, purpose, code), 'UTF8'))
$$;
comment on function private.hash_job_code is 'Binds the code to its booking and purpose.';

-- Raises PT400 invalid_purpose.
create function private.job_code_status(purpose text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if purpose is null or purpose not in ('start', 'completion') then
    perform private.fail('invalid_purpose', 'start or completion');
  end if;
  return case purpose when 'start' then 'in_progress' else 'completed' end;
end;
$$;
comment on function private.job_code_status is 'The state that the code leads to.';

-- Six digits; the first twelve hex digits of a random UUID are random throughout.
create function private.new_job_code()
returns text
language sql
volatile
set search_path = ''
as $$
  select lpad(
    (
      ('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint % 1000000
    )::text,
    6, '0'
  )
$$;
comment on function private.new_job_code is 'A random code of six digits.';

create function private.issue_job_code(
  booking_id text, purpose text, user_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(issue_job_code.booking_id, 'invalid_booking_id');
  v_to_status text := private.job_code_status(issue_job_code.purpose);
  v_booking public.bookings := private.require_booking(v_id);
  v_asker uuid := private.me();
  v_side text;
  v_code text := private.new_job_code();
  v_salt bytea := uuid_send(gen_random_uuid());
  v_expires_at timestamptz;
begin
  if not private.is_service() and v_booking.customer_id is distinct from v_asker then
    perform private.fail('booking_not_found');
  end if;
  if not exists (
    select 1
    from public.booking_transitions as move
    where move.process_id = v_booking.process_id
      and move.from_status = v_booking.status
      and move.to_status = v_to_status
      and move.job_code = issue_job_code.purpose
  ) then
    perform private.fail(
      'transition_not_allowed', v_booking.status, v_to_status,
      (
        select coalesce(string_agg(move.to_status, ', '), 'nothing')
        from private.allowed_booking_moves(v_booking) as move
      )
    );
  end if;
  -- With a secret key it is sent.
  if private.is_service() then
    v_asker := private.parse_uuid(issue_job_code.user_id, 'invalid_user_id', false);
    if v_asker is not null and not exists (
      select 1 from public.profiles as asker where asker.id = v_asker
    ) then
      perform private.fail('invalid_user_id', 'the id of a user');
    end if;
    perform private.take_token(coalesce(v_asker, v_booking.customer_id), 'send_job_code');
  end if;
  v_side := case v_asker when v_booking.customer_id then 'customer' else 'business' end;
  perform private.require_room('job_codes', concat_ws(':', v_id, issue_job_code.purpose, v_side));
  insert into private.job_code_requests (booking_id, purpose, side)
  values (v_id, issue_job_code.purpose, v_side);
  insert into private.job_codes as issued (booking_id, purpose, salt, code_hash, expires_at)
  values (
    v_id, issue_job_code.purpose, v_salt,
    private.hash_job_code(v_id, issue_job_code.purpose, v_salt, v_code),
    private.now() + interval '1 hour'
  )
  on conflict on constraint job_codes_pkey do update set
    salt = excluded.salt,
    code_hash = excluded.code_hash,
    expires_at = excluded.expires_at,
    attempts = 0
  returning issued.expires_at into v_expires_at;
  return jsonb_build_object(
    'booking_id', v_id,
    'purpose', issue_job_code.purpose,
    'code', v_code,
    'expires_at', v_expires_at
  ) || case when private.is_service() then (
    select jsonb_build_object(
      'number', v_booking.number,
      'market_id', v_booking.market_id,
      'phone', coalesce(v_booking.contact_phone, '+' || ltrim(account.phone, '+')),
      'language', customer.language
    )
    from public.profiles as customer
    join auth.users as account on account.id = customer.id
    where customer.id = v_booking.customer_id
  ) else '{}' end;
end;
$$;
comment on function private.issue_job_code is
  'The customer''s code for the start or completion of a job: {booking_id, purpose, code,
expires_at}. It is valid for an hour and five tries; the one before it no longer is.
purpose: start or completion. With a secret key also where to send it: number, market_id, phone,
language; user_id says who wants it sent.';

select private.expose('issue_job_code', 'authenticated', 'service_role');
