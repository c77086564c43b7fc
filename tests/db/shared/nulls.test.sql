-- A null where a value belongs never ends in a text of Postgres, in any column that clients write:
-- it is refused with the column's name, or means none.
begin;
select * from no_plan();
select tests.user('owner'), tests.provider('shop', 'owner');
insert into public.provider_photos (provider_id, path)
values (tests.id('shop'), tests.id('shop') || '/work.jpg');
insert into public.provider_skills (provider_id, name) values (tests.id('shop'), 'Welding');
insert into public.service_areas (provider_id, kind, postcodes)
values (tests.id('shop'), 'postcodes', '{226010}');
insert into public.addresses (user_id, label, address, lat, lng)
values (tests.id('owner'), 'Home', 'Vipin Khand', 26.85, 81);
insert into public.preferences (user_id) values (tests.id('owner'));

create temporary table writable as
select class.relname as "table", attribute.attname as "column",
  has_column_privilege('authenticated', class.oid, attribute.attnum, 'update') as is_updated,
  has_column_privilege('authenticated', class.oid, attribute.attnum, 'insert') as is_inserted
from pg_class as class
join pg_attribute as attribute on attribute.attrelid = class.oid
where class.relnamespace = 'public'::regnamespace
  and class.relkind = 'r'
  and attribute.attnum > 0
  and attribute.attnotnull
  and not attribute.attisdropped
  and (
    has_column_privilege('authenticated', class.oid, attribute.attnum, 'update')
    or has_column_privilege('authenticated', class.oid, attribute.attnum, 'insert')
  );
grant select on writable to authenticated;

-- A row like the first that the acting user sees, but for one column.
create function tests.insert_like("table" text, "column" text)
returns text
language plpgsql
as $$
declare
  v_columns text;
  v_values text;
begin
  select
    string_agg(quote_ident(attribute.attname), ', '),
    string_agg(
      case when attribute.attname = "column" then 'null'
        else 'row.' || quote_ident(attribute.attname)
      end,
      ', '
    )
  into v_columns, v_values
  from pg_attribute as attribute
  where attribute.attrelid = ('public.' || "table")::regclass
    and attribute.attnum > 0
    and not attribute.attisdropped
    and has_column_privilege(attribute.attrelid, attribute.attnum, 'insert');
  return tests.outcome(format(
    'insert into public.%I (%s) select %s from public.%I as row limit 1',
    "table", v_columns, v_values, "table"
  ));
end;
$$;
grant execute on function tests.insert_like(text, text) to authenticated;
select tests.act_as('owner');
select isnt(
  tests.outcome(format('update public.%I set %I = null', "table", "column")),
  '23502', format('update %s.%s', "table", "column")
)
from writable
where is_updated;
select isnt(
  tests.insert_like("table", "column"), '23502', format('insert %s.%s', "table", "column")
)
from writable
where is_inserted;
select is(
  tests.outcome('update public.services set sort_order = null'),
  'PT400 invalid_sort_order', 'the column is named'
);
select * from finish();
rollback;
