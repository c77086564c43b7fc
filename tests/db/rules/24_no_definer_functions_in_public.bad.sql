create function public.bad() returns text language sql stable security definer set search_path = ''
as 'select ''''';
