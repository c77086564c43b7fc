create function private.is_time_zone(name text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  -- Names with an area only: abbreviations and POSIX rules parse too, and mislead.
  return name ~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)+$|^UTC$'
    and private.now() at time zone name is not null;
exception when data_exception then
  return false;
end;
$$;
comment on function private.is_time_zone is 'Whether Postgres knows this IANA time zone.';
grant execute on function private.is_time_zone to authenticated, service_role;
