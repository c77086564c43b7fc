-- Keeps created_at and updated_at true, whatever the statement says.
create function private.tg__timestamps()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.updated_at := now();
  else
    new.created_at := old.created_at;
    -- Two updates in one transaction still differ, so a cursor over updated_at misses none.
    new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  end if;
  return new;
end;
$$;
comment on function private.tg__timestamps() is 'Trigger _100_timestamps of every table.';
