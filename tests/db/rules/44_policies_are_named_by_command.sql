-- `<command>_<who>`: one policy per command, none for all commands.
select format('%s: %s', p.polrelid::regclass, p.polname) as violation
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
where c.relnamespace = 'public'::regnamespace
  and p.polname !~ case p.polcmd
    when 'r' then '^select_[a-z_]+$'
    when 'a' then '^insert_[a-z_]+$'
    when 'w' then '^update_[a-z_]+$'
    when 'd' then '^delete_[a-z_]+$'
    else '^$'
  end;
