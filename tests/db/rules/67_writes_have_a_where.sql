-- Hosted refuses an update or delete without WHERE in requests of the Data API (safeupdate), also
-- inside functions; no other server here would. Parentheses go from the inside out, each is read
-- when nothing is left inside it.
with recursive source as (
  select
    p.oid,
    regexp_replace(
      regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '''[^'']*''', '''''', 'g'
    ) collate "C" as text,
    array[]::text[] collate "C" as groups
  from pg_catalog.pg_proc p
  join pg_catalog.pg_language l on l.oid = p.prolang
  where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and l.lanname in ('plpgsql', 'sql')
    and not exists (
      select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e'
    )
  union all
  select
    oid,
    regexp_replace(text, '\([^()]*\)', '', 'g'),
    array(select found[1] from regexp_matches(text, '\(([^()]*)\)', 'g') as found)
  from source
  where text ~ '\([^()]*\)'
), statements as (
  select oid, unnest(groups) as statement from source
  union all
  select oid, regexp_split_to_table(text, ';') from source where text !~ '\([^()]*\)'
)
select format('%s: %s', oid::regprocedure, btrim(statement)) as violation
from statements
where statement ~* '\m(delete\s+from\s+\S+|update\s+\S+(\s+(as\s+)?\w+)?\s+set)\M'
  and statement !~* '\m(on\s+conflict|for\s+(no\s+key\s+)?update)\M'
  and statement !~* '\mwhere\M';
