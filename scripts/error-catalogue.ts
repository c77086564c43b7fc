/** What is made of the rows of private.errors: the SDK's catalogue and the page on errors. */
import { type Raised, scanErrors } from './error-scan.ts';
import { format } from './generate-types.ts';
import { table } from './markdown.ts';
import type { Query } from './query.ts';
import { readRpcErrors } from './rpc-errors.ts';

interface ErrorRow {
  readonly reason: string;
  readonly status: number;
  readonly message: string;
  readonly hint: string | null;
  readonly is_of_storage: boolean;
}

const readErrors = (query: Query): Promise<ErrorRow[]> =>
  query<ErrorRow>(`
    select reason, status, message, hint, is_of_storage
    from private.errors
    order by status, reason collate "C"
  `);

/** The places that `format` fills in. */
const plain = (text: string): string => text.replace(/%(?:\d\$)?s/g, '…');

/** `types/error-rows.ts`: what reaches clients with its reason. */
export async function renderErrorRows(query: Query): Promise<string> {
  const rows = (await readErrors(query)).filter((row) => !row.is_of_storage);
  const entries = rows.map(({ reason, status, message, hint }) => {
    const entry = { status, message: plain(message), ...(hint && { hint: plain(hint) }) };
    return `${reason}: ${JSON.stringify(entry)},`;
  });
  return format(
    [
      '// Generated from the rows of private.errors by `npm run generate`.',
      '',
      'export const errorRows = {',
      ...entries,
      '} as const;',
      '',
    ].join('\n'),
  );
}

const head = `# Errors

Every refusal has one shape, from the database as from the functions:
\`{ "code": "PT409", "message": "…", "details": "slot_taken", "hint": "…" }\`.
\`details\` is the reason: it is stable, and it is what to branch on. Messages and hints are for
people and may change; \`…\` stands for what the answer fills in. In the SDK the reason is
\`KarigarError.reason\`.

Storage knows no refusal but its own 403 and passes on nothing but the message: those reasons are
marked, and no client sees them.

This page is generated from the rows of \`private.errors\` by \`npm run generate\`.
`;

function sources(raised: readonly Raised[], { reason, is_of_storage }: ErrorRow): string {
  if (is_of_storage) return 'Storage';
  const folders = raised
    .filter((place) => place.reason === reason)
    .map(({ file }) =>
      file.startsWith('types/') ? 'SDK' : file.startsWith('sql/') ? 'database' : 'function',
    );
  return [...new Set(folders)].sort().join(', ');
}

export async function renderErrorsPage(query: Query, projectDir: string): Promise<string> {
  const raised = await scanErrors(projectDir);
  const rows = await readErrors(query);
  const statuses = [...new Set(rows.map(({ status }) => status))];
  const rpcs = await readRpcErrors(query);
  const sections = statuses.flatMap((status) => [
    `## ${status}`,
    table(
      ['reason', 'message', 'hint', 'from'],
      rows
        .filter((row) => row.status === status)
        .map((row) => [
          `\`${row.reason}\``,
          plain(row.message),
          plain(row.hint ?? ''),
          sources(raised, row),
        ]),
    ),
  ]);
  const byRpc = [
    '## What each RPC may answer',
    'Found in the functions, in what they call, and in the triggers of the tables that they write.',
    table(
      ['RPC', 'reasons'],
      [...rpcs].map(([name, reasons]) => [
        `\`${name}\``,
        reasons.map((reason) => `\`${reason}\``).join(', '),
      ]),
    ),
  ];
  return `${[head.trim(), ...sections, ...byRpc].join('\n\n')}\n`;
}
