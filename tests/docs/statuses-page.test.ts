/** The page's wording, on rows of its own. */
import { expect, test } from 'vitest';
import { type Move, renderStatusesPage } from '../../scripts/statuses-page.ts';

const move: Move = {
  from_status: 'asked',
  to_status: 'done',
  actor: 'customer',
  is_crew_allowed: false,
  requires_reason: false,
  requires_open: false,
  opens_minutes: null,
  opens_from: null,
  closes_minutes: null,
  closes_from: null,
  max_count: null,
  job_code: null,
  timer_minutes: null,
  timer_from: null,
};

/** The page of a process with these moves. */
function pageOf(...moves: readonly Partial<Move>[]): Promise<string> {
  const tables: Record<string, readonly object[]> = {
    booking_statuses: [
      { id: 'asked', description: 'Somebody asked.', blocks_calendar: true, is_final: false },
      { id: 'done', description: 'It is done.', blocks_calendar: false, is_final: true },
    ],
    source_statuses: [{ design: 'localpro', source_status: 'PENDING', status_id: 'asked' }],
    booking_processes: [{ id: 'request', description: 'One asks.', initial_status_id: 'asked' }],
    booking_transitions: moves.map((changed) => ({ ...move, ...changed })),
  };
  return renderStatusesPage(async <Row extends object>(text: string) => {
    const rows = tables[/from public\.(\w+)/.exec(text)?.[1] ?? ''];
    if (!rows) throw new Error(`no rows for ${text}`);
    return rows.map((row) => Object.assign(Object.create(null), row) satisfies Row);
  });
}

test('every row has its line', async () => {
  const page = await pageOf({});
  expect(page).toContain('| `asked` | Somebody asked. | yes |  |');
  expect(page).toContain('| localpro | `PENDING` | `asked` |');
  expect(page).toContain('One asks. A booking begins as `asked`.');
  expect(page.endsWith('| `asked` | `done` | customer |  |\n')).toBe(true);
});

test.each<[string, Partial<Move>]>([
  [
    'customer | from 60 min before `starts_at` on; until `ends_at`; at most 3 times; ' +
      'while the business is open',
    {
      opens_minutes: -60,
      opens_from: 'starts_at',
      closes_minutes: 0,
      closes_from: 'ends_at',
      max_count: 3,
      requires_open: true,
    },
  ],
  [
    'provider | needs a reason; from `starts_at` on; at most 1 time',
    {
      actor: 'provider',
      requires_reason: true,
      opens_minutes: 0,
      opens_from: 'starts_at',
      max_count: 1,
    },
  ],
  [
    'provider, also crew | with the code for completion, where the market asks for it',
    { actor: 'provider', is_crew_allowed: true, job_code: 'completion' },
  ],
  [
    'system | by itself 30 min after `ends_at`',
    { actor: 'system', timer_minutes: 30, timer_from: 'ends_at' },
  ],
])('a move says: %s', async (line, changed) => {
  expect(await pageOf(changed)).toContain(`| \`asked\` | \`done\` | ${line} |`);
});

test('each column of a move changes the page', async () => {
  const full: Move = {
    ...move,
    opens_minutes: 1,
    opens_from: 'starts_at',
    closes_minutes: 1,
    closes_from: 'starts_at',
    timer_minutes: 1,
    timer_from: 'ends_at',
  };
  const others: Move = {
    from_status: 'done',
    to_status: 'asked',
    actor: 'provider',
    is_crew_allowed: true,
    requires_reason: true,
    requires_open: true,
    opens_minutes: 2,
    opens_from: 'ends_at',
    closes_minutes: 2,
    closes_from: 'ends_at',
    max_count: 2,
    job_code: 'start',
    timer_minutes: 2,
    timer_from: 'status_changed_at',
  };
  const page = await pageOf(full);
  for (const [column, value] of Object.entries(others))
    expect(await pageOf({ ...full, [column]: value }), column).not.toBe(page);
});
