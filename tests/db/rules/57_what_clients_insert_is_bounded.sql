-- Who may insert may do so in a loop: a limit bounds how often, or a key of one row a user.
select c.oid::regclass::text as violation
from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p')
  and (
    pg_catalog.has_any_column_privilege('anon', c.oid, 'insert')
    or pg_catalog.has_any_column_privilege('authenticated', c.oid, 'insert')
  )
  and not exists (
    select 1
    from pg_catalog.pg_trigger t
    where t.tgrelid = c.oid and t.tgfoid = 'private.tg__limit()'::regprocedure
  )
  and not exists (
    select 1
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_constraint f
      on f.conrelid = k.conrelid and f.conkey = k.conkey and f.contype = 'f'
    where k.conrelid = c.oid
      and k.contype = 'p'
      and f.confrelid = 'public.profiles'::regclass
  );
