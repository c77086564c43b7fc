-- Start and completion codes: the customer holds the code and says it to whoever is at the door,
-- who types it in. So both were there, whatever each says later. Which moves a market asks a code
-- for is data: booking_transitions.job_code and markets.requires_….

-- One code per booking and purpose: a new one takes the place of the old. Only the hash is kept.
create table private.job_codes (
  booking_id    uuid not null references public.bookings on delete cascade,
  purpose       text not null check (purpose in ('start', 'completion')),
  salt          bytea not null,
  code_hash     bytea not null,
  attempts      integer not null default 0 check (attempts between 0 and 5),
  expires_at    timestamptz not null,
  issued_count  integer not null default 1,
  counted_since timestamptz not null default now(),
  confirmed_at  timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (booking_id, purpose)
);
comment on table private.job_codes is 'Codes that a customer shows when a job starts and ends.';
comment on column private.job_codes.code_hash is
  'SHA-256 of salt, booking, purpose and code: out of sight of backups and logs. Six digits can be
searched, so expiry and attempts are what protects them.';
comment on column private.job_codes.attempts is 'Wrong tries; after five only a new code helps.';
comment on column private.job_codes.issued_count is 'Codes since counted_since: ten in an hour.';
create trigger _100_timestamps before insert or update on private.job_codes
  for each row execute function private.tg__timestamps();

-- Each SMS costs, and goes to a number that the customer may choose.
insert into private.rate_limits (action, capacity, window_seconds, reason, message)
values (
  'send_job_code', 30, 3600, 'too_many_job_codes',
  'There were too many codes for this customer.'
)
on conflict (action) do nothing;

create function private.hash_job_code(booking_id uuid, purpose text, salt bytea, code text)
returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(salt || convert_to(concat_ws(':', booking_id, purpose, code), 'UTF8'))
$$;
comment on function private.hash_job_code(uuid, text, bytea, text) is
  'Binds the code to its booking and purpose.';

-- Raises PT400 invalid_purpose.
create function private.job_code_status(purpose text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if purpose is null or purpose not in ('start', 'completion') then
    perform private.reject('invalid_purpose', 'start or completion');
  end if;
  return case purpose when 'start' then 'in_progress' else 'completed' end;
end;
$$;
comment on function private.job_code_status(text) is 'The state that the code leads to.';

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
comment on function private.new_job_code() is 'A random code of six digits.';

-- Fails with PT401, PT403 user_blocked; PT400 invalid_booking_id and invalid_purpose; PT404
-- booking_not_found: also for anybody but the customer; PT409 transition_not_allowed; PT429
-- too_many_job_codes.
create function private.issue_job_code(booking_id text, purpose text)
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
  v_code text := private.new_job_code();
  v_salt bytea := uuid_send(gen_random_uuid());
  v_issued private.job_codes;
begin
  if not private.is_service() and v_booking.customer_id is distinct from private.me() then
    raise sqlstate 'PT404' using
      message = 'There is no such booking.',
      detail = 'booking_not_found',
      hint = 'Only the customer is given the code.';
  end if;
  if not exists (
    select 1
    from public.booking_transitions as move
    where move.process_id = v_booking.process_id
      and move.from_status = v_booking.status
      and move.to_status = v_to_status
      and move.job_code = issue_job_code.purpose
  ) then
    raise sqlstate 'PT409' using
      message = 'There is nothing to show a code for now.',
      detail = 'transition_not_allowed',
      hint = format('The booking is %s.', v_booking.status);
  end if;
  -- With a secret key it is sent; whoever asked for it, it is the customer's to use up.
  if private.is_service() then
    perform private.take_token(v_booking.customer_id, 'send_job_code');
  end if;
  insert into private.job_codes as issued (booking_id, purpose, salt, code_hash, expires_at)
  values (
    v_id, issue_job_code.purpose, v_salt,
    private.hash_job_code(v_id, issue_job_code.purpose, v_salt, v_code),
    now() + interval '1 hour'
  )
  on conflict on constraint job_codes_pkey do update set
    salt = excluded.salt,
    code_hash = excluded.code_hash,
    expires_at = excluded.expires_at,
    attempts = 0,
    issued_count = case
      when issued.counted_since > now() - interval '1 hour' then issued.issued_count + 1
      else 1
    end,
    counted_since = case
      when issued.counted_since > now() - interval '1 hour' then issued.counted_since
      else now()
    end
  where issued.issued_count < 10 or issued.counted_since <= now() - interval '1 hour'
  returning issued.* into v_issued;
  if v_issued.booking_id is null then
    raise sqlstate 'PT429' using
      message = 'There were too many codes for this job.',
      detail = 'too_many_job_codes',
      hint = 'Wait an hour.';
  end if;
  return jsonb_build_object(
    'booking_id', v_id,
    'purpose', v_issued.purpose,
    'code', v_code,
    'expires_at', v_issued.expires_at
  ) || case when private.is_service() then (
    select jsonb_build_object(
      'number', v_booking.number,
      'market_id', v_booking.market_id,
      'phone', coalesce(
        v_booking.contact_phone, private.normalize_phone('+' || account.phone)
      ),
      'language', customer.language
    )
    from public.profiles as customer
    join auth.users as account on account.id = customer.id
    where customer.id = v_booking.customer_id
  ) else '{}' end;
end;
$$;
comment on function private.issue_job_code(text, text) is 'Body of public.issue_job_code.';

create function public.issue_job_code(booking_id text, purpose text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.issue_job_code(booking_id, purpose)
$$;
comment on function public.issue_job_code(text, text) is
  'The customer''s code for the start or completion of a job: {booking_id, purpose, code,
expires_at}. It is valid for an hour and five tries; the one before it no longer is.
purpose: start or completion. With a secret key also where to send it: number, market_id, phone,
language. Errors: 400 invalid_booking_id, invalid_purpose; 404 booking_not_found; 409
transition_not_allowed; 429 too_many_job_codes (ten an hour; by SMS thirty an hour for all jobs of a
customer).';

grant execute on function
  private.issue_job_code(text, text), public.issue_job_code(text, text)
to authenticated, service_role;
