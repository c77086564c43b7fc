create view public.bad as select 1 as one;
