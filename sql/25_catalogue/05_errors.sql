-- Errors of catalogue: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('category_loop', 400, 'A category can''t be its own ancestor.', 'Choose another parent.'),
  (
    'names_incomplete', 400, 'A category is named in every language of its market.',
    'Languages: %s.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{category_ids, channels}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
