create function public.bad(p_id text) returns text language sql stable set search_path = ''
as 'select p_id';
