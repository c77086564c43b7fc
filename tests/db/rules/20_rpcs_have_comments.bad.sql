create function public.bad() returns text language sql stable set search_path = '' as 'select ''''';
