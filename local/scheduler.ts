import { Cron } from 'croner';
import postgres, { type Sql } from 'postgres';
import { z } from 'zod';
import { messageOf } from './errors.ts';
import type { Service, StackContext } from './service.ts';

export interface Scheduler extends Service {
  /** Reads the job rows now instead of within the minute. */
  refresh(): Promise<void>;
}

const jobSchema = z.object({ name: z.string(), schedule: z.string(), command: z.string() });
type Job = z.infer<typeof jobSchema>;

/** Identifies the lock; the number says nothing. */
const leaderLock = 727_420_113;

/**
 * Runs the rows of `private.jobs` as pg_cron would: as `postgres`, in UTC, each job at most once
 * at a time. Of several stacks on one database only the holder of a lock schedules; where pg_cron
 * itself schedules a job of that name, this scheduler leaves it alone.
 */
export function createScheduler({
  config,
  logger,
}: Pick<StackContext, 'config' | 'logger'>): Scheduler {
  const log = logger('scheduler');
  const scheduled = new Map<string, { job: Job; cron: Cron }>();
  // The lock lives as long as this connection: losing it must stop the jobs at once.
  const lead = postgres(config.adminDatabaseUrl, {
    max: 1,
    idle_timeout: 0,
    onnotice: () => {},
    onclose: () => unschedule([...scheduled.keys()]),
  });
  const runner = postgres(config.databaseUrl, {
    max: 2,
    idle_timeout: 30,
    onnotice: (notice) => log.info(String(notice.message)),
  });
  const running = new Set<Promise<void>>();

  async function run(name: string, command: string): Promise<void> {
    try {
      await runner.unsafe(command).simple();
    } catch (error) {
      log.error(`${name} failed: ${messageOf(error)}`);
    }
  }

  function schedule(job: Job): void {
    try {
      const cron = new Cron(
        pattern(job.schedule),
        { protect: true, timezone: 'UTC', ...interval(job.schedule) },
        async () => {
          const work = run(job.name, job.command);
          running.add(work);
          await work.finally(() => running.delete(work));
        },
      );
      scheduled.set(job.name, { job, cron });
    } catch (error) {
      log.error(`${job.name} has no usable schedule (${job.schedule}): ${messageOf(error)}`);
    }
  }

  function unschedule(names: readonly string[]): void {
    for (const name of names) {
      scheduled.get(name)?.cron.stop();
      scheduled.delete(name);
    }
  }

  async function refresh(): Promise<void> {
    const jobs = (await lockTaken(lead)) ? await readJobs(lead) : [];
    const current = new Map(jobs.map((job) => [job.name, job]));
    unschedule(
      [...scheduled].flatMap(([name, { job }]) => {
        const now = current.get(name);
        const same = now?.schedule === job.schedule && now.command === job.command;
        return same ? [] : [name];
      }),
    );
    for (const job of jobs) if (!scheduled.has(job.name)) schedule(job);
  }

  const minute = new Cron('* * * * *', { protect: true }, () =>
    refresh().catch((error: unknown) => log.error(`job rows not read: ${messageOf(error)}`)),
  );

  return {
    name: 'scheduler',
    refresh,
    async stop() {
      minute.stop();
      unschedule([...scheduled.keys()]);
      await Promise.allSettled(running);
      await Promise.all([lead.end({ timeout: 5 }), runner.end({ timeout: 5 })]);
    },
  };
}

/** Taken once per connection: locks of a session count up. */
async function lockTaken(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`
    select case
      when exists (
        select from pg_catalog.pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid() and granted
          and database = (select oid from pg_catalog.pg_database where datname = current_database())
          and classid = 0 and objid = ${leaderLock} and objsubid = 1
      ) then true
      else pg_try_advisory_lock(${leaderLock})
    end as taken`;
  return row?.taken ?? false;
}

async function readJobs(sql: Sql): Promise<Job[]> {
  const [tables] = await sql<{ jobs: boolean; cron: boolean }[]>`
    select
      to_regclass('private.jobs') is not null as jobs,
      to_regclass('cron.job') is not null as cron`;
  if (!tables?.jobs) return [];
  const jobs = await sql`select name, schedule, command from private.jobs where is_active`;
  const byCron = tables.cron
    ? await sql<{ jobname: string }[]>`
        select jobname from cron.job where active and database = current_database()`
    : [];
  const theirs = new Set(byCron.map(({ jobname }) => jobname));
  return z
    .array(jobSchema)
    .parse([...jobs])
    .filter(({ name }) => !theirs.has(name));
}

const seconds = /^\s*([1-9]|[1-5]\d)\s+seconds?\s*$/i;

/** pg_cron's own notations: `30 seconds`, and `$` for the last day of the month. */
function pattern(schedule: string): string {
  return seconds.test(schedule) ? '* * * * * *' : schedule.replaceAll('$', 'L');
}

function interval(schedule: string): { interval?: number } {
  const [, every] = seconds.exec(schedule) ?? [];
  return every === undefined ? {} : { interval: Number(every) };
}
