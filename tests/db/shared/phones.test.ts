/** The database reads phone numbers as libphonenumber does, which functions and apps use. */
import fc from 'fast-check';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { migratedDatabase } from '../../helpers/migrated.ts';

let sql: Sql;

beforeAll(async () => {
  const { adminUrl } = await migratedDatabase();
  sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
});
afterAll(() => sql?.end());

interface Typed {
  readonly text: string;
  readonly country?: CountryCode;
}

const rowsSchema = z.array(z.object({ phone: z.string().nullable() }));

async function read(typed: readonly Typed[]): Promise<(string | null)[]> {
  const rows = await sql`
    select private.normalize_phone(typed ->> 'text', typed ->> 'country') as phone
    from jsonb_array_elements(${sql.json(typed.map((one) => ({ ...one })))})
      with ordinality as given (typed, position)
    order by position`;
  return rowsSchema.parse([...rows]).map(({ phone }) => phone);
}

const parse = ({ text, country }: Typed): PhoneNumber | undefined =>
  parsePhoneNumberFromString(text, country);
const isShared = (country: CountryCode) => {
  const code = getCountryCallingCode(country);
  return getCountries().some((other) => other !== country && getCountryCallingCode(other) === code);
};

type Difference = (
  typed: Typed,
  ours: string | null,
  theirs: PhoneNumber | undefined,
) => boolean | undefined;

/** Where the two differ, never about a number that is in use. */
const differences: Readonly<Record<string, Difference>> = {
  'we keep 7 to 15 digits, with the calling code': (_, ours, theirs) =>
    ours === null && theirs && !/^\+\d{7,15}$/.test(theirs.number),
  'we leave out what is dialled twice before a number': (_, __, theirs) =>
    theirs && parse({ text: theirs.number })?.number !== theirs.number,
  'we read 00 as + everywhere': ({ text }, ours) => ours !== null && text.startsWith('00'),
  'we know one set of lengths of a calling code': (_, __, theirs) =>
    theirs?.country && isShared(theirs.country),
};

/** How the country's numbers are typed, most of them right. */
function typedIn(country: CountryCode): fc.Arbitrary<Typed> {
  const code = getCountryCallingCode(country);
  const example = getExampleNumber(country, examples)?.nationalNumber ?? '';
  const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  const national = fc.oneof(
    fc.constant(example),
    fc.tuple(fc.nat(4), digits(9)).map(([kept, rest]) => example.slice(0, kept) + rest),
    digits(15),
  );
  const trunk = fc.constantFrom('', '0', '1', '8', '00', '06');
  const typed = fc.tuple(trunk, national).map(([before, number]) => before + number);
  return fc.oneof(
    typed.map((number) => ({ text: `+${code}${number}` })),
    typed.map((number) => ({ text: number, country })),
    national.map((number) => ({ text: code + number, country })),
    national.map((number) => ({ text: `00${code}${number}`, country })),
  );
}

test('numbers of every country are read as libphonenumber reads them', async () => {
  const typed = getCountries().flatMap((country) =>
    fc.sample(typedIn(country), { numRuns: 25, seed: 7 }),
  );
  const found = await read(typed);
  const used = new Set<string>();
  const unexplained = typed.flatMap((one, index) => {
    const ours = found[index] ?? null;
    const theirs = parse(one);
    if (ours === (theirs?.isPossible() ? theirs.number : null)) return [];
    const known = Object.keys(differences).find((name) => differences[name]?.(one, ours, theirs));
    if (known) used.add(known);
    return known && !theirs?.isValid() ? [] : [{ ...one, ours, theirs: theirs?.number }];
  });
  expect(unexplained).toEqual([]);
  expect([...used].sort()).toEqual(Object.keys(differences).sort());
});
