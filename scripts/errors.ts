/** Writes docs/errors.md from the catalogue in types/errors.ts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorEntry, errors } from '../types/errors.ts';
import { type Raised, scanErrors } from './error-scan.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
export const errorsPage = join(projectDir, 'docs/errors.md');

const head = `# Errors

Every refusal has one shape, from the database as from the functions:
\`{ "code": "PT409", "message": "…", "details": "slot_taken", "hint": "…" }\`.
\`details\` is the reason: it is stable, and it is what to branch on. Messages and hints are for
people and may change; a hint may be more precise than the one shown here. In the SDK the reason
is \`KarigarError.reason\`.

This page is generated from \`types/errors.ts\` by \`npm run errors\`.
`;

function sources(raised: readonly Raised[], reason: string): string {
  const folders = raised
    .filter((place) => place.reason === reason)
    .map(({ file }) =>
      file.startsWith('types/') ? 'SDK' : file.startsWith('sql/') ? 'database' : 'function',
    );
  return [...new Set(folders)].sort().join(', ');
}

/** The page as it should be, from the catalogue and from where the sources raise its reasons. */
export async function renderErrorsPage(): Promise<string> {
  const raised = await scanErrors(projectDir);
  const entries = Object.entries<ErrorEntry>(errors);
  const statuses = [...new Set(entries.map(([, { status }]) => status))].sort((a, b) => a - b);
  const sections = statuses.map((status) => {
    const rows = entries
      .filter(([, entry]) => entry.status === status)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(
        ([reason, { message, hint = '' }]) =>
          `| \`${reason}\` | ${message} | ${hint} | ${sources(raised, reason)} |`,
      );
    return [
      `## ${status}`,
      '',
      '| reason | message | hint | from |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  return `${[head, ...sections].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(errorsPage, await renderErrorsPage());
}
