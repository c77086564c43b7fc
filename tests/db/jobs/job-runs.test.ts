/** What pg_cron keeps of its runs: only one database of a native server has that extension. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectDir } from '../../../scripts/paths.ts';

const serverUrl = process.env.DATABASE_URL;

async function cronDatabase(url: string): Promise<string | null> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [row] = await sql<{ name: string | null }[]>`
    select current_setting('cron.database_name', true) as name`.finally(() => sql.end());
  if (!row?.name) return null;
  const its = new URL(url);
  its.pathname = row.name;
  return its.href;
}

const url = serverUrl ? await cronDatabase(serverUrl) : null;

describe.runIf(url)('runs of jobs', () => {
  let sql: Sql;
  beforeAll(() => {
    sql = postgres(url ?? '', { max: 1, onnotice: () => {} });
  });
  afterAll(() => sql.end());

  test('are forgotten after a week, those that never ended as well', async () => {
    const read = (file: string) => readFile(join(projectDir, 'sql', file), 'utf8');
    const [clock, jobRuns] = await Promise.all(
      ['10_shared/05_clock.sql', '95_jobs/15_job_runs.sql'].map(read),
    );
    const rolledBack = new Error('rolled back');
    const attempt = sql.begin(async (tx) => {
      // The platform's part, as local/bootstrap/30_extensions.sql has it.
      await tx.unsafe(`
        create extension if not exists pg_cron with schema pg_catalog;
        grant usage on schema cron to postgres;
        grant all on all tables in schema cron to postgres;
        create schema if not exists private authorization postgres;
        set local role postgres;
        ${clock}
        ${jobRuns}
        insert into cron.job_run_details (jobid, runid, command, username, start_time, end_time)
        values
          (1, -1, 'old', 'postgres', now() - interval '8 days', now() - interval '8 days'),
          (1, -2, 'old and killed', 'postgres', now() - interval '8 days', null),
          (1, -3, 'new', 'postgres', now() - interval '6 days', now() - interval '6 days'),
          (1, -4, 'running', 'postgres', now(), null);
      `);
      const [deleted] = await tx`select private.delete_old_job_runs() >= 2 as enough`;
      expect(deleted?.enough).toBe(true);
      const left = await tx`
        select command from cron.job_run_details where runid < 0 order by runid desc`;
      expect(left.map(({ command }) => command)).toEqual(['new', 'running']);
      throw rolledBack;
    });
    await expect(attempt).rejects.toBe(rolledBack);
  });
});
