/** The page's wording, on rows of its own: plain SQL in memory, no engine to start. */
import { newDb } from 'pg-mem';
import { expect, test } from 'vitest';
import type { Query } from '../../scripts/query.ts';
import { renderStatusesPage } from '../../scripts/statuses-page.ts';

function rows(): Query {
  const db = newDb();
  db.public.none(`
    create table booking_statuses (
      id text, description text, blocks_calendar boolean, is_final boolean, position integer
    );
    insert into booking_statuses values
      ('asked', 'Somebody asked.', true, false, 1), ('done', 'It is done.', false, true, 2);
    create table source_statuses (design text, source_status text, status_id text);
    insert into source_statuses values ('localpro', 'PENDING', 'asked');
    create table booking_processes (id text, description text, initial_status_id text);
    insert into booking_processes values ('request', 'One asks.', 'asked');
    create table booking_transitions (
      process_id text, from_status text, to_status text, actor text, requires_reason boolean,
      opens_minutes integer, opens_from text, closes_minutes integer, closes_from text,
      max_count integer, requires_open boolean, timer_minutes integer, timer_from text
    );
    insert into booking_transitions values
      ('request', 'asked', 'done', 'customer', false, -60, 'starts_at', 0, 'ends_at', 3, true,
        null, null),
      ('request', 'asked', 'done', 'provider', true, 0, 'starts_at', null, null, 1, false, null,
        null),
      ('request', 'asked', 'done', 'system', false, null, null, null, null, null, false, 30,
        'ends_at');
  `);
  const { Client } = db.adapters.createPg();
  const client = new Client();
  return async (text, values) => (await client.query(text, values)).rows;
}

test('every row has its line, with what it depends on', async () => {
  const page = await renderStatusesPage(rows());
  expect(page).toContain('| `asked` | Somebody asked. | yes |  |');
  expect(page).toContain('| localpro | `PENDING` | `asked` |');
  expect(page).toContain('One asks. A booking begins as `asked`.');
  expect(page).toContain(
    '| `asked` | `done` | customer | ' +
      'from 60 min before `starts_at` on; until `ends_at`; at most 3 times; ' +
      'while the business is open |',
  );
  expect(page).toContain(
    '| `asked` | `done` | provider | needs a reason; from `starts_at` on; at most 1 time |',
  );
  expect(page).toContain('| `asked` | `done` | system | by itself 30 min after `ends_at` |');
  expect(page.endsWith('|\n')).toBe(true);
});
