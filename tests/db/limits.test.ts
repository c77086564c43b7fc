/** Limits under fire: however many calls come at once, no subject has more than its limit. */
import { randomUUID } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../helpers/stack.ts';
import { type Firm, openRace, type Race } from './racers.ts';

let race: Race;
let firm: Firm;
let categories: string[];

beforeAll(async () => {
  race = openRace((await testStack()).databaseUrl);
  firm = await race.makeFirm();
  const added = await race.sql<{ id: string }[]>`
    insert into public.categories (market_id, slug, names)
    select 'localpro', 'limit-' || gen_random_uuid(), '{"en": "Race", "hi": "दौड़", "ur": "دوڑ"}'
    from generate_series(1, 24)
    returning id
  `;
  categories = added.map(({ id }) => id);
});
afterAll(() => race?.sql.end());

interface Case {
  /** What the subject has before. */
  readonly fill?: () => Promise<unknown>;
  readonly add: (tx: TransactionSql, n: number) => Promise<unknown>;
  readonly count: () => Promise<{ count: number }[]>;
  readonly maximum: number;
  readonly refusal?: string;
}

const cases: Record<string, Case> = {
  'categories of a business': {
    add: (tx, n) => tx`
      insert into public.provider_categories (provider_id, category_id)
      values (${firm.id}, ${categories[n] ?? ''})
    `,
    count: () => race.sql`
      select count(*)::integer from public.provider_categories where provider_id = ${firm.id}
    `,
    maximum: 10,
    refusal: 'too_many_categories',
  },
  'skills of a business': {
    fill: () => race.sql`
      insert into public.provider_skills (provider_id, name)
      select ${firm.id}, 'skill ' || n from generate_series(1, 45) as n
    `,
    add: (tx) => tx`
      insert into public.provider_skills (provider_id, name) values (${firm.id}, ${randomUUID()})
    `,
    count: () => race.sql`
      select count(*)::integer from public.provider_skills where provider_id = ${firm.id}
    `,
    maximum: 50,
    refusal: 'too_many_skills',
  },
  'service areas of a business': {
    fill: () => race.sql`
      insert into public.service_areas (provider_id, kind, postcodes)
      select ${firm.id}, 'postcodes', array[n::text] from generate_series(226001, 226015) as n
    `,
    add: (tx) => tx`
      insert into public.service_areas (provider_id, kind, postcodes)
      values (${firm.id}, 'postcodes', '{226010}')
    `,
    count: () => race.sql`
      select count(*)::integer from public.service_areas where provider_id = ${firm.id}
    `,
    maximum: 20,
    refusal: 'too_many_areas',
  },
  'addresses of a user': {
    fill: () => race.sql`
      insert into public.addresses (user_id, label, address, lat, lng)
      select ${firm.owner}, 'Home', 'Gomti Nagar', 26.85, 81 from generate_series(1, 45)
    `,
    add: (tx) => tx`
      insert into public.addresses (label, address, lat, lng, is_default)
      values ('Home', 'Gomti Nagar', 26.85, 81, true)
    `,
    count: () => race.sql`
      select count(*)::integer from public.addresses where user_id = ${firm.owner}
    `,
    maximum: 50,
    refusal: 'too_many_addresses',
  },
  'businesses of an owner': {
    add: (tx) => tx`
      select public.create_provider(
        'localpro', '{"en": "Race"}', '{"address": "Gomti Nagar", "lat": 26.85, "lng": 81}',
        (select jsonb_build_array(slug) from public.categories where id = ${categories[0] ?? ''})
      )
    `,
    count: () => race.sql`
      select count(*)::integer from public.provider_members where user_id = ${firm.owner}
    `,
    maximum: 10,
    refusal: 'too_many_providers',
  },
  'invitations of a day': {
    fill: () => race.sql`
      insert into public.provider_invitations (provider_id, role, email)
      select ${firm.id}, 'manager', n || '@example.test' from generate_series(1, 45) as n
    `,
    add: (tx) => tx`
      select public.invite_member(${firm.id}, 'manager', null, ${`${randomUUID()}@example.test`})
    `,
    count: () => race.sql`
      select count(*)::integer from public.provider_invitations where provider_id = ${firm.id}
    `,
    maximum: 50,
    refusal: 'too_many_invitations',
  },
  'devices of a user': {
    add: (tx) => tx`select public.register_device('android', ${randomUUID()})`,
    count: () => race.sql`
      select count(*)::integer from public.devices where user_id = ${firm.owner}
    `,
    maximum: 20,
  },
};

test.each(Object.entries(cases))('%s', async (_, { fill, add, count, maximum, refusal }) => {
  await fill?.();
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      race.as(firm.owner, async (tx) => {
        await add(tx, n);
        return { done: true };
      }),
    ),
  );
  expect((await count())[0]?.count).toBe(maximum);
  expect(new Set(outcomes.filter((outcome) => typeof outcome === 'string'))).toEqual(
    new Set(refusal ? [refusal] : []),
  );
});
