create function private.bad() returns text language sql stable set search_path = public
as 'select ''''';
