create function private.bad() returns void language plpgsql as $$
begin
  -- where does not count in a comment
  with gone as (delete from public.markets returning id)
  update public.markets set id = (select id from gone where true);
end
$$;
