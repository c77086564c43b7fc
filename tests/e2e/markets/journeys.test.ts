/** In each market a newcomer signs in, finds a business, books it, talks to it and reviews it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playJourney } from '../../../demo/journey.ts';
import { createScreen } from '../../../demo/screen.ts';
import { readScripts } from '../../../demo/script.ts';
import { soonTimes } from '../../../demo/words.ts';
import { projectDir } from '../../../scripts/paths.ts';
import { stackClock } from '../../helpers/clock.ts';
import { testStack } from '../../helpers/stack.ts';

const scripts = await readScripts();

let sql: Sql;
beforeAll(async () => {
  const { databaseUrl } = await testStack();
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => await sql?.end());

describe('the journey of each market, through the SDK', () => {
  it('has a script for every market, in a language of it', async () => {
    const markets = await sql<{ id: string; languages: string[] }[]>`
      select id, languages from public.markets order by id`;
    expect(scripts.map(({ market }) => market)).toEqual(markets.map(({ id }) => id));
    for (const { market, language } of scripts) {
      expect(markets.find(({ id }) => id === market)?.languages).toContain(language);
    }
  });

  it.each(scripts)('$market, in $language', { timeout: 30_000 }, async (script) => {
    const { url, publishableKey: key } = await testStack();
    const lines: string[] = [];
    const screen = createScreen((line) => lines.push(line));
    await using clock = await stackClock();
    const played = await playJourney({ url, key }, script, screen, (_, booking) =>
      clock.letPass(booking),
    );

    const [booking] = await sql<
      { status: string; moves: string[]; codes: number; needed: number }[]
    >`
      select booking.status,
        array(
          select history.to_status
          from public.booking_status_history as history
          where history.booking_id = booking.id
          order by history.position
        ) as moves,
        (
          select count(*)::int
          from private.job_codes as code
          where code.booking_id = booking.id and code.confirmed_at is not null
        ) as codes,
        market.requires_start_code::int + market.requires_completion_code::int as needed
      from public.bookings as booking
      join public.markets as market on market.id = booking.market_id
      where booking.id = ${played.bookingId} and booking.market_id = ${script.market}
    `;
    expect(booking).toMatchObject({ status: 'completed', codes: booking?.needed });
    expect(booking?.moves.slice(1)).toEqual(script.moves);

    const messages = await sql<{ body: string }[]>`
      select body from public.messages
      where conversation_id = ${played.conversationId} and kind = 'text'
      order by position`;
    expect(messages.map(({ body }) => body)).toEqual(script.talk.map(({ text }) => text));

    const [review] = await sql`
      select overall_rating, comment, side from public.reviews
      where booking_id = ${played.bookingId}`;
    const { overall, comment } = script.review;
    expect(review).toEqual({ overall_rating: overall, comment, side: 'customer' });
    const volume = ({ factors }: typeof played.before) =>
      Number(factors.find(({ factor }) => factor === 'volume')?.raw_value);
    expect(volume(played.after)).toBeGreaterThan(volume(played.before));

    const shown = lines.join('\n');
    for (const chapter of Object.values(script.chapters)) expect(shown).toContain(chapter);
    // Each message stands once on either side.
    for (const { text } of script.talk) {
      const start = text.split(' ').slice(0, 2).join(' ');
      expect(shown.split(`: ${start}`)).toHaveLength(3);
    }
  });

  it('books as soon as can be, so that work may begin at once', () => {
    const now = Date.UTC(2026, 2, 8, 23, 59, 59);
    const times = soonTimes(now).map((time) => time.getTime() - now);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(Math.max(...times)).toBeLessThanOrEqual(3_600_000);
  });
});

describe('npm run demo', () => {
  async function runDemo(env: Record<string, string>, ...args: string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'demo/index.ts', ...args], {
      cwd: projectDir,
      env: { ...process.env, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const [code] = await once(child, 'close');
    return { code, output };
  }

  it('plays the market named to the end', { timeout: 90_000 }, async () => {
    const { url, publishableKey } = await testStack();
    const env = { KARIGAR_URL: url, KARIGAR_PUBLISHABLE_KEY: publishableKey };
    const { code, output } = await runDemo(env, 'atyrau');
    expect(output).toContain('Атырау');
    expect(output).not.toContain('LocalPro');
    expect(output).toContain('Every step held.');
    expect(code).toBe(0);
  });

  it('lists the markets when it does not know the one named', async () => {
    const { code, output } = await runDemo({}, 'atlantis');
    expect(output).toContain('no demo of atlantis');
    for (const { market } of scripts) expect(output).toContain(market);
    expect(code).toBe(1);
  });

  it('says when nothing is there, and when the key is wrong', async () => {
    const { url } = await testStack();
    const nothing = {
      KARIGAR_URL: 'http://127.0.0.1:9',
      KARIGAR_PUBLISHABLE_KEY: 'sb_publishable_x',
    };
    expect(await runDemo(nothing)).toMatchObject({
      code: 1,
      output: expect.stringContaining('npm start'),
    });
    expect(await runDemo({ ...nothing, KARIGAR_URL: url })).toMatchObject({
      code: 1,
      output: expect.stringContaining('answers 401'),
    });
  });
});
