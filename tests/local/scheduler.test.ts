import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createScheduler, type Scheduler } from '../../local/scheduler.ts';
import { type TestDatabase, testDatabase } from '../helpers/database.ts';

let database: TestDatabase;
let sql: Sql;
const schedulers: Scheduler[] = [];
const lines: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  sql = postgres(database.adminUrl, { max: 2, onnotice: () => {} });
  await sql.unsafe(`
    create schema if not exists private;
    grant usage on schema private to postgres;
    create table if not exists private.jobs (
      name text primary key, schedule text not null, command text not null, is_active boolean);
    delete from private.jobs;
    create table public.runs (job text, role text, at timestamptz default clock_timestamp());
    grant all on public.runs to postgres;`);
});

afterEach(async () => {
  await Promise.all(schedulers.splice(0).map((scheduler) => scheduler.stop()));
  await sql`delete from private.jobs`;
  await sql`delete from public.runs`;
});

afterAll(async () => {
  await sql?.end();
  await database?.stop();
});

function start(): Scheduler {
  const log = (line: string) => void lines.push(line);
  const scheduler = createScheduler({
    config: database.config,
    logger: () => ({ info: log, warn: log, error: log }),
  });
  schedulers.push(scheduler);
  return scheduler;
}

const add = (name: string, schedule: string, command: string, isActive = true) =>
  sql`insert into private.jobs (name, schedule, command, is_active)
      values (${name}, ${schedule}, ${command}, ${isActive})`;
const runs = async (job: string) =>
  sql<
    { role: string; at: Date }[]
  >`select role, at from public.runs where job = ${job} order by at`;
const recording = (name: string) => `insert into public.runs values ('${name}', current_user)`;

it('runs active jobs as postgres, and no others', async () => {
  await add('active', '1 second', recording('active'));
  await add('inactive', '1 second', recording('inactive'), false);
  await start().refresh();
  await vi.waitUntil(async () => (await runs('active')).length >= 2, { timeout: 5000 });
  expect((await runs('active'))[0]?.role).toBe('postgres');
  expect(await runs('inactive')).toEqual([]);
});

it('keeps a job from overlapping itself', async () => {
  const slow = `select pg_sleep(1.5); ${recording('slow')}`;
  await add('slow', '* * * * * *', slow);
  await start().refresh();
  await vi.waitUntil(async () => (await runs('slow')).length >= 2, { timeout: 8000 });
  const [first, second] = await runs('slow');
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(1400);
}, 12_000);

it('goes on after a failure and logs it, and reports schedules it cannot read', async () => {
  await add('failing', '1 second', 'select 1 / 0');
  await add('unreadable', 'every day', 'select 1');
  await add('fine', '1 second', recording('fine'));
  await start().refresh();
  await vi.waitUntil(async () => (await runs('fine')).length >= 1, { timeout: 5000 });
  await vi.waitUntil(() => lines.some((line) => /failing failed: division by zero/.test(line)));
  expect(lines.some((line) => line.includes('unreadable has no usable schedule'))).toBe(true);
});

it('takes up changed rows and drops removed ones', async () => {
  await add('changing', '1 second', recording('before'));
  const scheduler = start();
  await scheduler.refresh();
  await vi.waitUntil(async () => (await runs('before')).length >= 1, { timeout: 5000 });
  await sql`update private.jobs set command = ${recording('after')}`;
  await scheduler.refresh();
  await vi.waitUntil(async () => (await runs('after')).length >= 1, { timeout: 5000 });
  await sql`delete from private.jobs`;
  await scheduler.refresh();
  const { length } = await runs('after');
  await sleep(1500);
  expect((await runs('after')).length - length).toBeLessThanOrEqual(1);
});

it.skipIf(!process.env.DATABASE_URL)('leaves the jobs to one of two stacks', async () => {
  const job = randomUUID();
  await add(job, '1 second', recording(job));
  const [first, second] = [start(), start()];
  await first.refresh();
  await second.refresh();
  await vi.waitUntil(async () => (await runs(job)).length >= 3, { timeout: 6000 });
  const times = (await runs(job)).map(({ at }) => Math.round(Number(at) / 1000));
  expect(new Set(times).size).toBe(times.length);

  await first.stop();
  schedulers.splice(schedulers.indexOf(first), 1);
  await sql`delete from public.runs`;
  await second.refresh();
  await vi.waitUntil(async () => (await runs(job)).length >= 1, { timeout: 5000 });
});
