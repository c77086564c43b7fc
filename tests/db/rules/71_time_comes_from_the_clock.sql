-- Time comes from private.now(), which tests move and callers can't. An exception says why, and one
-- that nothing needs is a violation too.
with exceptions (source, reason) as (
  values
    ('function private.now()', 'is the clock'),
    ('function private.moment()', 'is the clock, going on within the transaction'),
    ('function private.uuid_v7()', 'ids only follow one another')
), sources (source, text) as (
  select format('function %s', p.oid::regprocedure), pg_catalog.pg_get_functiondef(p.oid)
  from pg_catalog.pg_proc p
  where p.prokind in ('f', 'p')
    and p.pronamespace in (
      'public'::regnamespace, 'private'::regnamespace, 'analytics'::regnamespace
    )
  union all
  select
    format('policy %I of %s', p.polname, p.polrelid::regclass),
    concat_ws(
      ' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
      pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
    )
  from pg_catalog.pg_policy p
  union all
  select
    format('default of %s.%I', c.oid::regclass, a.attname),
    pg_catalog.pg_get_expr(d.adbin, d.adrelid)
  from pg_catalog.pg_attrdef d
  join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  join pg_catalog.pg_class c on c.oid = d.adrelid
  where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all
  select
    format('constraint %I of %s', c.conname, c.conrelid::regclass),
    pg_catalog.pg_get_constraintdef(c.oid)
  from pg_catalog.pg_constraint c
  where c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all
  select
    format('trigger %I of %s', t.tgname, t.tgrelid::regclass), pg_catalog.pg_get_triggerdef(t.oid)
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc p on p.oid = t.tgfoid
  where not t.tgisinternal and p.pronamespace = 'private'::regnamespace
  union all
  select format('view %s', c.oid::regclass), pg_catalog.pg_get_viewdef(c.oid)
  from pg_catalog.pg_class c
  where c.relkind in ('v', 'm')
    and c.relnamespace in (
      'public'::regnamespace, 'private'::regnamespace, 'analytics'::regnamespace
    )
  union all
  select format('limit %s', name), counted from private.limits
  union all
  select format('job %s', name), command from private.jobs
), found as (
  select distinct sources.source, lower(named[1]) as name
  from sources
  cross join lateral pg_catalog.regexp_matches(
    replace(pg_catalog.regexp_replace(text, '--[^\n]*', '', 'g'), 'private.now()', ''),
    '(\mnow\s*\(|\m(?:clock|statement|transaction)_timestamp\M|\m(?:timeofday|age)\s*\('
      '|\mcurrent_(?:date|time|timestamp)\M|\mlocaltime(?:stamp)?\M'
      '|''(?:now|today|tomorrow|yesterday)'')',
    'gi'
  ) as named
)
select format('%s: %s', found.source, found.name) as violation
from found
where found.source not in (select exceptions.source from exceptions)
union all
select format('%s needs no exception', exceptions.source)
from exceptions
where exceptions.source not in (select found.source from found);
