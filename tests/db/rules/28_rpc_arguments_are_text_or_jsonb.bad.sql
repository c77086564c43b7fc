create function public.bad(id uuid) returns uuid language sql stable set search_path = ''
as 'select id';
