import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { renderStatusesPage } from '../../scripts/statuses-page.ts';
import { testStack } from '../helpers/stack.ts';

test('docs/booking-statuses.md says what the reference rows say', async () => {
  const stack = await testStack();
  const sql = postgres(stack.adminDatabaseUrl, { max: 1 });
  try {
    const page = await readFile(new URL('../../docs/booking-statuses.md', import.meta.url), 'utf8');
    expect(page).toBe(await renderStatusesPage((text, values) => sql.unsafe(text, values)));
  } finally {
    await sql.end();
  }
});
