/** Businesses take words up and drop them while the job forgets: the search knows what they have. */
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { openRace, type Race } from '../bookings/racers.ts';

let race: Race;
beforeAll(async () => {
  race = openRace((await testStack()).databaseUrl);
});
afterAll(() => race?.sql.end());

test('a word is known as long as a business has it, and no longer', async () => {
  const { sql } = race;
  const firms = await Promise.all([1, 2, 3, 4].map(() => race.makeFirm()));
  const words = ['qxone', 'qxtwo', 'qxthree', 'qxfour', 'qxfive'];
  const refused: string[] = [];
  const attempt = (call: Promise<unknown>) =>
    call.catch((error: unknown) => {
      if (!(error instanceof postgres.PostgresError)) throw error;
      refused.push(error.message);
    });
  const rename = async (firm: string, round: number) => {
    const names = {
      en: words.filter((_, n) => (n * 7 + round * round) % 3 !== round % 3).join(' '),
    };
    await attempt(
      sql`update public.services set names = ${sql.json(names)} where provider_id = ${firm}`,
    );
  };
  await Promise.all([
    ...firms.map(async ({ id }, n) => {
      for (let round = 0; round < 25; round += 1) await rename(id, round + n);
    }),
    ...[1, 2].map(async () => {
      for (let round = 0; round < 40; round += 1) await attempt(sql`select private.forget_words()`);
    }),
  ]);
  expect(refused).toEqual([]);
  await sql`select private.forget_words()`;
  const [row] = await sql`
    select
      array(
        select known.word from private.search_vocabulary as known
        where known.market_id = 'localpro' and known.word like 'qx%'
        order by known.word
      ) as known,
      array(
        select distinct word.value collate "C"
        from private.search_documents as document
        cross join unnest(document.words) as word (value)
        where document.provider_id in ${sql(firms.map(({ id }) => id))} and word.value like 'qx%'
        order by 1
      ) as had
  `;
  expect(row?.known).toEqual(row?.had);
}, 60_000);
