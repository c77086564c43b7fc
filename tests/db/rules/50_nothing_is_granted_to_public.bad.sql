create function private.bad() returns text language sql stable set search_path = ''
as 'select ''''';
grant execute on function private.bad() to public;
