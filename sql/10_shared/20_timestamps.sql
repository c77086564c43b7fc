-- Keeps created_at and updated_at true, whatever the statement says. Only the owner of the schema,
-- who imports and seeds, may say when a row was made; the functions that run as the owner never do
-- so. Clients have no grant on the columns, and service_role is not the owner.
create function private.tg__timestamps()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if current_user <> 'postgres' then
    new.created_at := case tg_op when 'INSERT' then private.now() else old.created_at end;
  end if;
  new.created_at := coalesce(new.created_at, private.now());
  -- Two updates in one transaction still differ, so a cursor over updated_at misses none.
  new.updated_at := case tg_op
    when 'INSERT' then private.now()
    else greatest(private.now(), old.updated_at + interval '1 microsecond')
  end;
  return new;
end;
$$;
comment on function private.tg__timestamps is 'Trigger _100_timestamps of every table.';
