/** The page on booking statuses, written from the reference rows. */
import type { Database } from '../types/database.ts';
import { table } from './markdown.ts';
import type { Query } from './query.ts';

interface Status {
  readonly id: string;
  readonly description: string;
  readonly blocks_calendar: boolean;
  readonly is_final: boolean;
}
interface Source {
  readonly design: string;
  readonly source_status: string;
  readonly status_id: string;
}
/** All columns of a row: `tests/docs` sees to it that each of them changes the page. */
export type Move = Omit<
  Database['public']['Tables']['booking_transitions']['Row'],
  'process_id' | 'created_at' | 'updated_at'
>;

const head = `# Booking statuses

A booking is in one of 16 states. Which moves exist, who may make them and what happens by itself
are rows of \`booking_transitions\`; a trigger refuses every other move (\`transition_not_allowed\`)
and writes each one to \`booking_status_history\`. A market names the process that its bookings
follow in \`markets.booking_process_id\`.

Moves have their time: before it they are refused as \`too_early\`, after it as \`too_late\`, and as
\`too_often\` when the booking has made them as often as it may. \`allowed_transitions\` of a booking
says from when (\`opens_at\`) and until when (\`closes_at\`) the caller may make each.

A business agrees to something only while it is open: neither suspended nor ownerless
(\`provider_not_bookable\`). That holds for earlier requests too. What is agreed goes on.

For the provider, its owners, managers and crew leads make the moves. Members with the role
\`crew_member\` make those that say "also crew".

A market may ask for the customer's code when the work begins or ends
(\`markets.requires_start_code\`, \`markets.requires_completion_code\`). The business then moves the
booking by the code: see [codes of jobs](job-codes.md).

Nobody plays both sides of a booking (\`own_business\`). A customer can't accept the
invitation of a business while one of their bookings there is still to be decided or done. Somebody
who joins the business in another way stays the customer of their bookings: they still call off,
agree and dispute, and colleagues act for the business. They can't book there any more, and can't
review it while they work there. Admins decide no dispute of a business that they work for. Somebody
who has acted for one side of a booking never acts for another.

This page is generated from the reference rows by \`npm run generate\`.
`;

const yes = (value: boolean): string => (value ? 'yes' : '');

function instant(minutes: number | null, from: string | null): string {
  const column = `\`${from}\``;
  if (!minutes) return column;
  return `${Math.abs(minutes)} min ${minutes < 0 ? 'before' : 'after'} ${column}`;
}

function conditions(move: Move): string {
  return [
    move.requires_reason ? 'needs a reason' : '',
    move.opens_from ? `from ${instant(move.opens_minutes, move.opens_from)} on` : '',
    move.closes_from ? `until ${instant(move.closes_minutes, move.closes_from)}` : '',
    move.max_count ? `at most ${move.max_count} ${move.max_count > 1 ? 'times' : 'time'}` : '',
    move.requires_open ? 'while the business is open' : '',
    move.job_code ? `with the code for ${move.job_code}, where the market asks for it` : '',
    move.timer_from ? `by itself ${instant(move.timer_minutes, move.timer_from)}` : '',
  ]
    .filter(Boolean)
    .join('; ');
}

export async function renderStatusesPage(query: Query): Promise<string> {
  const statuses = await query<Status>(`
    select id, description, blocks_calendar, is_final from public.booking_statuses order by position
  `);
  const sources = await query<Source>(`
    select design, source_status, status_id
    from public.source_statuses as source
    join public.booking_statuses as status on status.id = source.status_id
    order by design, status.position, source_status
  `);
  const processes = await query<{ id: string; description: string; initial_status_id: string }>(`
    select id, description, initial_status_id from public.booking_processes order by id
  `);
  const sections = [
    head,
    '## The states',
    table(
      ['status', 'meaning', 'takes the provider’s time', 'final'],
      statuses.map((row) => [
        `\`${row.id}\``,
        row.description,
        yes(row.blocks_calendar),
        yes(row.is_final),
      ]),
    ),
    '## What the five source designs call them',
    'For imports, and for readers who know one of those designs. BaiTech counts 16 states but names three.',
    table(
      ['design', 'its status', 'ours'],
      sources.map((row) => [row.design, `\`${row.source_status}\``, `\`${row.status_id}\``]),
    ),
  ];
  for (const process of processes) {
    const moves = await query<Move>(
      `
      select move.*
      from public.booking_transitions as move
      join public.booking_statuses as from_row on from_row.id = move.from_status
      join public.booking_statuses as to_row on to_row.id = move.to_status
      where process_id = $1
      order by from_row.position, to_row.position, actor
    `,
      [process.id],
    );
    sections.push(
      `## Moves of the process \`${process.id}\``,
      `${process.description} A booking begins as \`${process.initial_status_id}\`.`,
      table(
        ['from', 'to', 'who', 'conditions'],
        moves.map((move) => [
          `\`${move.from_status}\``,
          `\`${move.to_status}\``,
          move.is_crew_allowed ? `${move.actor}, also crew` : move.actor,
          conditions(move),
        ]),
      ),
    );
  }
  return `${sections.join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}
