-- Every refusal is a row: its reason, which is stable and what clients branch on, its status, and
-- its words. Each domain has those of its own in 05_errors.sql.
create table private.errors (
  reason        text primary key check (reason ~ '^[a-z]+(_[a-z]+)*$'),
  status        integer not null check (status between 400 and 599),
  message       text not null,
  hint          text,
  is_of_storage boolean not null default false,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now(),
  check (not is_of_storage or status = 403)
);
comment on table private.errors is
  'Reasons for which the database, the functions and the SDK refuse or fail; types/errors.ts and
docs/errors.md are made of them.';
comment on column private.errors.message is
  'For people. %s, or %1$s and so on, stand for what private.fail is given beside the reason.';
comment on column private.errors.hint is 'What to do about it; as message.';
comment on column private.errors.is_of_storage is
  'Raised as 42501: Storage knows no other refusal, and passes on nothing but the message.';
create trigger _100_timestamps before insert or update on private.errors
  for each row execute function private.tg__timestamps();

create function private.error_body(reason text, variadic details text[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_error private.errors;
begin
  select * into strict v_error
  from private.errors as error
  where error.reason = error_body.reason;
  return jsonb_build_object(
    'code', case when v_error.is_of_storage then '42501' else 'PT' || v_error.status end,
    'message', format(v_error.message, variadic error_body.details),
    'details', error_body.reason,
    'hint', format(v_error.hint, variadic error_body.details)
  );
end;
$$;
comment on function private.error_body is
  'The row as clients get it: {code, message, details, hint}, with the details in its texts.';

-- Volatile, so that nobody folds a call with constant arguments while it plans.
create function private.fail(reason text, variadic details text[] default '{}')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_body jsonb := private.error_body(fail.reason, variadic fail.details);
begin
  raise exception using
    errcode = v_body ->> 'code',
    message = v_body ->> 'message',
    detail = fail.reason,
    hint = coalesce(v_body ->> 'hint', '');
end;
$$;
comment on function private.fail is
  'Raises the error of that reason; details: what its texts have places for.';

create function private.refuse(reason text, variadic details text[] default '{}')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_body jsonb := private.error_body(refuse.reason, variadic refuse.details);
begin
  perform set_config('response.status', substring(v_body ->> 'code' from 3), true);
  return v_body;
end;
$$;
comment on function private.refuse is
  'The error as a result, which leaves the transaction standing: the Data API answers it with the
status of an error, so that clients can''t tell the difference.';

-- Triggers and policies fail with the rights of whoever calls.
grant execute on function private.fail, private.error_body to anon, authenticated, service_role;
