-- An RPC has two parts: a function of private, and a door in public. The door has the rights of its
-- caller and only calls the function. It is made from the function, so a signature is written once.
create function private.expose(name text, variadic roles text[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_function pg_catalog.pg_proc;
begin
  select * into strict v_function
  from pg_catalog.pg_proc as known
  where known.pronamespace = 'private'::regnamespace and known.proname = expose.name;
  execute format(
    'create function public.%I(%s) returns %s language sql %s set search_path = '''' as %L',
    expose.name,
    pg_catalog.pg_get_function_arguments(v_function.oid),
    pg_catalog.pg_get_function_result(v_function.oid),
    case v_function.provolatile
      when 'v' then 'volatile' when 's' then 'stable' when 'i' then 'immutable'
    end,
    format(
      'select private.%I(%s)',
      expose.name,
      (
        select string_agg(quote_ident(argument.name), ', ' order by argument.position)
        from unnest(v_function.proargnames) with ordinality as argument (name, position)
      )
    )
  );
  execute format(
    'comment on function public.%I is %L',
    expose.name, pg_catalog.obj_description(v_function.oid, 'pg_proc')
  );
  execute format(
    'grant execute on function private.%1$I, public.%1$I to %2$s',
    expose.name, (select string_agg(quote_ident(role), ', ') from unnest(expose.roles) as role)
  );
end;
$$;
comment on function private.expose is
  'Makes the RPC public.<name> of private.<name>, with its signature, defaults, volatility and
comment, for these roles.';
