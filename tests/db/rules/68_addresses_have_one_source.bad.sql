create function private.bad() returns text language sql as $$
  select current_setting('request.headers', true)::jsonb ->> 'x-real-ip'
$$;
