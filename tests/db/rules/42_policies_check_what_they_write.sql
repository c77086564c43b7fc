-- Update policies say what the new row must be like, even where it is the same condition.
select format('%s: %s', p.polrelid::regclass, p.polname) as violation
from pg_catalog.pg_policy p
where p.polcmd in ('a', 'w')
  and p.polwithcheck is null;
