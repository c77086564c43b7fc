/**
 * `search_providers` against the search query of LocalPro's design (§7.1) on the same providers:
 * the best ranked, and the nearest, of a category within 10 km of a town. Rounds of both take
 * turns; the ratio of each round is what counts. Ours answers finished JSON with categories,
 * prices and cursors, LocalPro's the bare rows. Then what a moved figure costs, as every review
 * moves one, among so many providers and among those of the seeds alone.
 *
 *   DATABASE_URL=postgres://supabase_admin@… npx tsx bench/search.ts [providers …]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { z } from 'zod';
import { projectDir } from '../scripts/paths.ts';
import { applyMigrations, createScratchDatabase } from '../scripts/scratch-database.ts';

const rounds = 11;
const category = 'plumbing';
const radiusKm = 10;
const limit = 20;
const read = (path: string) => readFile(join(projectDir, path), 'utf8');
const sizes = process.argv.slice(2).map(Number);

const townSchema = z.object({ lat: z.number(), lng: z.number() });
type Town = z.infer<typeof townSchema>;
type Search = (town: Town) => Promise<string[]>;

const oursSchema = z.object({ items: z.array(z.object({ provider_id: z.string() })) });

const ours =
  (sql: Sql, sort: 'rank' | 'distance'): Search =>
  async ({ lat, lng }) => {
    const [row] = await sql`
      select public.search_providers(
        'localpro', category => ${category}, lat => ${sql.json(lat)}, lng => ${sql.json(lng)},
        radius_km => ${sql.json(radiusKm)}, sort => ${sort}, page_size => ${sql.json(limit)}
      ) as page
    `;
    return oursSchema.parse(row?.page).items.map((item) => item.provider_id);
  };

/** §7.1; the nearest are the same query in order of its own distance. */
const localpro =
  (sql: Sql, categoryId: string, sort: 'rank' | 'distance'): Search =>
  async ({ lat, lng }) => {
    const rows = await sql`
      with nearby_providers as (
        select
          pp.*,
          extensions.st_distance(
            pp.location_point,
            extensions.st_setsrid(extensions.st_makepoint(${lng}, ${lat}), 4326)
          ) * 111.32 as distance_km
        from localpro.provider_profiles pp
        where
          pp.is_active = true
          and pp.profile_status = 'APPROVED'
          and pp.category_id = ${categoryId}
          and extensions.st_dwithin(
            pp.location_point,
            extensions.st_setsrid(extensions.st_makepoint(${lng}, ${lat}), 4326),
            ${radiusKm}::float8 / 111.32
          )
      ),
      ranked_providers as (
        select
          np.*, u.name, u.profile_photo, c.name as category_name,
          (
            np.reputation_score * 0.4
            + case when np.distance_km < 2 then 30 else 0 end
            + case when np.aadhaar_verified then 15 else 0 end
            + case when np.background_verified then 15 else 0 end
          ) as match_score
        from nearby_providers np
        join localpro.users u on np.user_id = u.id
        join localpro.categories c on np.category_id = c.id
        where (${null}::numeric is null or np.average_rating >= ${null}::numeric)
          and (${false}::boolean is false or np.aadhaar_verified = true)
        order by ${
          sort === 'rank' ? sql`match_score desc, np.average_rating desc` : sql`np.distance_km`
        }
        limit ${limit} offset ${0}
      )
      select * from ranked_providers
    `;
    return rows.map(({ id }) => String(id));
  };

async function timed(search: Search, towns: readonly Town[]): Promise<number> {
  const start = performance.now();
  for (const town of towns) await search(town);
  return (performance.now() - start) / towns.length;
}

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.round((values.length - 1) * q)] ?? Number.NaN;
const figure = (values: readonly number[]) =>
  `${quantile(values, 0.5).toFixed(2)} (${quantile(values, 0).toFixed(2)}–${quantile(values, 1).toFixed(2)})`;

async function compare(name: string, a: Search, b: Search, towns: readonly Town[]) {
  const same: number[] = [];
  for (const town of towns) {
    const [mine, theirs] = [await a(town), await b(town)];
    if (mine.length > 0) same.push(mine.filter((id) => theirs.includes(id)).length / mine.length);
  }
  const [oursMs, localproMs, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const mine = await timed(a, towns);
    const theirs = await timed(b, towns);
    oursMs.push(mine);
    localproMs.push(theirs);
    ratios.push(theirs / mine);
  }
  console.log(
    `${name}: ours ${figure(oursMs)} ms, LocalPro's ${figure(localproMs)} ms, ` +
      `LocalPro's / ours ${figure(ratios)}; ${(quantile(same, 0.5) * 100).toFixed(0)} % the same`,
  );
}

/** A database with the providers of the seeds alone. */
async function seeded() {
  const database = await createScratchDatabase();
  await applyMigrations(database, ['../sql/seed/*.sql']);
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  const sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  await admin`analyze`;
  return {
    admin,
    sql,
    async drop() {
      await sql.end();
      await admin.end();
      await database.drop();
    },
  };
}

/** Milliseconds of an update of a score, with all that follows from it. */
async function moveFigure(sql: Sql, id: string): Promise<number> {
  const start = performance.now();
  await sql`
    update public.providers set reputation_score = 50 + mod(reputation_score + 1, 10)
    where id = ${id}
  `;
  return performance.now() - start;
}

async function compareFigures(few: Sql, all: Sql) {
  const providers = await few<{ id: string }[]>`
    select id from public.providers where market_id = 'localpro'
  `;
  const [fewMs, allMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const { id } of providers) {
      fewMs.push(await moveFigure(few, id));
      allMs.push(await moveFigure(all, id));
    }
  }
  console.log(
    `a moved figure: ${figure(allMs)} ms, among the seeds ${figure(fewMs)} ms, ` +
      `ratio ${(quantile(allMs, 0.5) / quantile(fewMs, 0.5)).toFixed(2)}`,
  );
}

async function measure(count: number) {
  const few = await seeded();
  const { admin, sql, drop } = await seeded();
  try {
    const data = (await read('bench/search/data.sql')).replaceAll(':count', String(count));
    await admin.begin((tx) => tx.unsafe(data).simple());
    await sql.begin(async (tx) => tx.unsafe(await read('bench/search/localpro.sql')).simple());
    for (const table of [
      'public.providers',
      'public.provider_categories',
      'private.search_entries',
      'private.search_documents',
      'private.search_vocabulary',
      'localpro.provider_profiles',
      'localpro.users',
    ]) {
      await sql.unsafe(`vacuum analyze ${table}`);
    }
    const towns = z
      .array(townSchema)
      .parse(await sql`select lat, lng from bench.towns order by no`);
    const [found] = await sql`
      select id::text from public.categories where market_id = 'localpro' and slug = ${category}
    `;
    const [{ version = '' } = {}] = await sql`select version()`;
    console.log(`\n${count} providers, ${version.split(' on ')[0]}; median (least–most)`);
    const [lucknow] = towns;
    if (!lucknow || !found) throw new Error('the data are missing');
    const crowd = Array.from({ length: 20 }, () => lucknow);
    for (const [place, where] of [
      ['40 towns', towns],
      ['Lucknow', crowd],
    ] as const) {
      for (const sort of ['rank', 'distance'] as const) {
        const name = `${sort === 'rank' ? 'best ranked' : 'nearest'}, ${place}`;
        await compare(name, ours(sql, sort), localpro(sql, String(found.id), sort), where);
      }
    }
    await compareFigures(few.sql, sql);
  } finally {
    await few.drop();
    await drop();
  }
}

for (const size of sizes.length > 0 ? sizes : [10_000, 100_000]) await measure(size);
