-- Whoever does the job types the customer's code in, and the booking moves on.
-- A wrong code must be counted, so it can't be an exception: that would roll the count back.
create function private.confirm_job_code(
  booking_id text, purpose text, job_code text, idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_code text := regexp_replace(
    private.plain_digits(confirm_job_code.job_code), '[\s-]', '', 'g'
  );
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    confirm_job_code.idempotency_key,
    jsonb_build_array('confirm_job_code', booking_id, purpose, v_code)
  );
  v_id uuid := private.parse_uuid(confirm_job_code.booking_id, 'invalid_booking_id');
  v_to_status text := private.job_code_status(confirm_job_code.purpose);
  v_booking public.bookings := private.require_booking(v_id);
  v_issued private.job_codes;
begin
  if v_answer is not null then
    -- A refusal is repeated with its status.
    perform set_config('response.status', substring(v_answer ->> 'code' from 3), true)
    where v_answer ? 'code';
    return v_answer;
  end if;
  if (v_code ~ '^[0-9]{6}$') is not true then
    perform private.fail('invalid_job_code', 'six digits');
  end if;
  if private.require_booking_move(v_booking, v_to_status) <> 'provider' then
    perform private.fail(
      'transition_not_allowed', v_booking.status, v_to_status,
      (
        select coalesce(string_agg(move.to_status, ', '), 'nothing')
        from private.allowed_booking_moves(v_booking) as move
      )
    );
  end if;

  -- Tries take turns, so none goes uncounted.
  select * into v_issued
  from private.job_codes as issued
  where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose
  for update;
  -- These refusals have nothing to count, so they are ordinary errors and leave nothing behind.
  if v_issued.booking_id is null or v_issued.expires_at <= private.now() then
    perform private.fail('job_code_expired');
  elsif v_issued.attempts >= 5 then
    perform private.fail('job_code_locked');
  elsif v_issued.code_hash
    <> private.hash_job_code(v_id, confirm_job_code.purpose, v_issued.salt, v_code)
  then
    update private.job_codes as issued
    set attempts = issued.attempts + 1
    where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose;
    v_answer := private.refuse('wrong_job_code', (4 - v_issued.attempts)::text);
  else
    update private.job_codes as issued
    set confirmed_at = private.now(), expires_at = private.now()
    where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose;
    v_answer := private.transition_booking(
      v_id::text, v_to_status, null,
      jsonb_build_object('job_code', confirm_job_code.purpose), null
    );
  end if;
  perform private.store_idempotent_response(v_me, confirm_job_code.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.confirm_job_code is
  'For the business: checks the code that the customer shows, moves the booking to in_progress
(purpose start) or completed (purpose completion), and answers the booking.';

select private.expose('confirm_job_code', 'authenticated');
