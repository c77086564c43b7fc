-- A subquery that names the row is asked for each row of the table: whoever sees none of them makes
-- the server read all. An array is asked once and looked up in an index. Tables that everybody
-- reads are no matter, since there nearly every row is seen.
select format('%I.%I: %I', schemaname, tablename, policyname) as violation
from pg_catalog.pg_policies
where schemaname = 'public'
  and cmd = 'SELECT'
  and qual ~* '\mexists\s*\('
  and not pg_catalog.has_any_column_privilege(
    'anon', format('%I.%I', schemaname, tablename)::regclass, 'select'
  );
