create function public.bad(a text) returns text language sql stable set search_path = ''
as 'select a';
create function public.bad(a text, b text) returns text language sql stable set search_path = ''
as 'select a';
