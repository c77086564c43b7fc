-- Errors of markets: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('market_not_found', 404, 'There is no such market.', 'Use the id of a row of markets.'),
  (
    'outside_market', 400, 'The place lies outside of the market.',
    'Choose a place inside the area of the market.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
