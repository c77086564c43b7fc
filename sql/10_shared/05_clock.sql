-- The one clock: whatever is decided by time, and whatever says when it happened, asks here. Tests
-- move it by another body in a database of their own. What ships reads no setting and no row, so
-- nobody who calls can move it: only the owner of the function may replace it.
--
-- The one function without a search_path of its own, so that the planner puts now() in its place:
-- plans, index conditions and costs are those of now(). It names what it calls in full instead.
create function private.now()
returns timestamptz
language sql
stable
parallel safe
as $$
  select pg_catalog.now()
$$;
comment on function private.now is 'What time it is: the same for all of a transaction.';
-- Defaults of columns and triggers ask as whoever writes.
grant execute on function private.now to anon, authenticated, service_role;

create function private.moment()
returns timestamptz
language plpgsql
volatile
parallel safe
set search_path = ''
as $$
begin
  return clock_timestamp() + (private.now() - now());
end;
$$;
comment on function private.moment is
  'The same clock, going on within the transaction: for what must follow one another, and for what '
  'may have waited for a lock since the transaction began.';
