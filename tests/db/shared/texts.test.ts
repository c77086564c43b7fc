/** What Unicode and the registry of languages say, against what the database says of it. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';

let sql: Sql;

beforeAll(async () => {
  const { databaseUrl } = await testStack();
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(() => sql?.end());

test('nobody sees what Unicode calls a blank, ignorable, a control, private or no character', async () => {
  const unseen =
    /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Noncharacter_Code_Point}]/u;
  // Braille's and music's blank, the place of an object; signs that embrace the digits after them.
  const others = new Set([0x2800, 0x1d159, 0xfffc]);
  const signs = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
  const isUnseen = (point: number) =>
    others.has(point) ||
    (unseen.test(String.fromCodePoint(point)) && !signs.test(String.fromCodePoint(point)));
  const all = Array.from({ length: 0x10fffe }, (_, index) => index + 1);
  // Beyond the first plane, where one kind ends and the other begins.
  const points = all.filter((point) =>
    point < 0x10000
      ? point < 0xd800 || point > 0xdfff
      : isUnseen(point - 1) !== isUnseen(point) || isUnseen(point) !== isUnseen(point + 1),
  );
  const [row] = await sql<{ unseen: number[] }[]>`
    select array_agg(point order by point) as unseen
    from unnest(${points}::integer[]) as point
    where not private.is_visible(chr(point))
  `;
  expect(row?.unseen).toEqual(points.filter(isUnseen));
});

test('a language has its shortest code, whatever tag it came in', async () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const shortest = codes.filter((code) => new Intl.Locale(code).language?.length === 2);
  const tags = [
    ...['hi', 'hi-IN', 'hi_IN', 'HI-in', 'hin', 'hin-Deva-IN', 'ur-Arab-PK', 'kk-Cyrl-KZ', 'en-US'],
    ...['bho', 'bho-IN', 'mai', 'zh-Hant-TW', 'sl-rozaj-biske', 'de-CH-1996', 'iw', 'in', 'ji-UA'],
    ...['en-u-ca-buddhist', 'en-x-private', ...shortest],
  ];
  const rows = await sql<{ language: string }[]>`
    select private.language_of(tag) as language
    from unnest(${tags}::text[]) with ordinality as given (tag, position)
    order by position
  `;
  expect(rows.map(({ language }) => language)).toEqual(
    tags.map((tag) => new Intl.Locale(tag.replaceAll('_', '-')).language),
  );
});

test('what is no tag has no language', async () => {
  const wrong = [
    '',
    'h',
    'hindi',
    'hi-',
    'hi--IN',
    '-hi',
    'hi IN',
    'हि',
    'hi\n',
    'en-abcdefghi',
    'x',
  ];
  const rows = await sql<{ language: string | null }[]>`
    select private.language_of(tag) as language from unnest(${wrong}::text[]) as tag
  `;
  expect(rows.map(({ language }) => language)).toEqual(wrong.map(() => null));
});
