/** Limits under fire: however many calls come at once, no subject has more than its limit. */
import { randomUUID } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { type Firm, openRace, type Race } from '../bookings/racers.ts';

let race: Race;
let firm: Firm;
let categories: string[];
let firms: { id: string; invitation: string; owner: string }[];
let crew: string[];

beforeAll(async () => {
  race = openRace((await testStack()).databaseUrl);
  firm = await race.makeFirm();
  const added = await race.sql<{ id: string }[]>`
    insert into public.categories (market_id, slug, names)
    select 'localpro', 'limit-' || gen_random_uuid(), '{"en": "Race", "hi": "दौड़", "ur": "دوڑ"}'
    from generate_series(1, 24)
    returning id
  `;
  await race.sql`update auth.users set email_confirmed_at = now() where id = ${firm.owner}`;
  categories = added.map(({ id }) => id);
});
afterAll(() => race?.sql.end());

/** Firms of others, each with an invitation of the owner; where they have a role already, with it. */
async function openFirms(count: number, offered: string, held: (n: number) => string | null) {
  const rivals = await race.makeUsers(count);
  const roles = rivals.map((_, n) => held(n));
  firms = await race.sql`
    with planned as (
      select private.uuid_v7() as id, private.uuid_v7() as invitation, owner, role
      from unnest(${rivals}::uuid[], ${roles}::text[]) as planned (owner, role)
    ), made as (
      insert into public.providers (id, market_id, slug, kind, names, location, address, time_zone)
      select
        id, 'localpro', id, 'solo', '{"en": "Race"}', private.point(26.85, 81.0), 'Gomti Nagar',
        'Asia/Kolkata'
      from planned
    ), invited as (
      insert into public.provider_invitations (id, provider_id, role, email)
      select invitation, id, ${offered}, ${`${firm.owner}@example.test`} from planned
    ), joined as (
      insert into public.provider_members (provider_id, user_id, role)
      select id, owner, 'owner' from planned
      union all
      select id, ${firm.owner}, role from planned where role is not null
    )
    select id, invitation, owner from planned
  `;
}

interface Case {
  /** What the subject has before. */
  readonly fill?: () => Promise<unknown>;
  /** Who adds, when not the owner of the firm. */
  readonly as?: (n: number) => string;
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
  // By each of the ways to become an owner: create, accept, rise.
  'businesses of an owner': {
    fill: () => openFirms(24, 'owner', (n) => (n % 3 === 2 ? 'crew_member' : null)),
    add: async (tx, n) => {
      if (n % 3 === 0) {
        await tx`
          select public.create_provider(
            'localpro', '{"en": "Race"}', '{"address": "Gomti Nagar", "lat": 26.85, "lng": 81}',
            (select jsonb_build_array(slug) from public.categories where id = ${categories[0] ?? ''})
          )
        `;
      } else if (n % 3 === 1) {
        await tx`select public.accept_invitation(${firms[n]?.invitation ?? ''})`;
      } else {
        const claims = JSON.stringify({ sub: firms[n]?.owner, role: 'authenticated' });
        await tx`select set_config('request.jwt.claims', ${claims}, true)`;
        await tx`select public.change_member_role(${firms[n]?.id ?? ''}, ${firm.owner}, 'owner')`;
      }
    },
    count: () => race.sql`
      select count(*)::integer from public.provider_members
      where user_id = ${firm.owner} and role = 'owner'
    `,
    maximum: 10,
    refusal: 'too_many_providers',
  },
  'businesses that one acts for': {
    fill: async () => {
      await race.sql`
        delete from public.provider_members
        where user_id = ${firm.owner} and provider_id <> ${firm.id}
      `;
      await openFirms(60, 'crew_member', (n) => (n < 36 ? 'manager' : null));
    },
    add: (tx, n) => tx`select public.accept_invitation(${firms[36 + n]?.invitation ?? ''})`,
    count: () => race.sql`
      select count(*)::integer from public.provider_members where user_id = ${firm.owner}
    `,
    maximum: 50,
    refusal: 'too_many_memberships',
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
  'members of a business': {
    fill: async () => {
      crew = await race.makeUsers(110);
      await race.sql`
        update auth.users set email_confirmed_at = now() where id in ${race.sql(crew)}
      `;
      await race.sql`
        insert into public.provider_members (provider_id, user_id, role)
        select ${firm.id}, id, 'crew_member' from unnest(${crew.slice(24)}::uuid[]) as id
      `;
      await race.sql`
        insert into public.provider_invitations (provider_id, role, email)
        select ${firm.id}, 'crew_member', id || '@example.test'
        from unnest(${crew.slice(0, 24)}::uuid[]) as id
      `;
    },
    as: (n) => crew[n] ?? '',
    add: (tx) => tx`
      select public.accept_invitation(public.list_invitations() #>> '{items,0,id}')
    `,
    count: () => race.sql`
      select count(*)::integer from public.provider_members where provider_id = ${firm.id}
    `,
    maximum: 100,
    refusal: 'too_many_members',
  },
  'devices of a user': {
    add: (tx) => tx`select public.register_device('android', ${randomUUID()})`,
    count: () => race.sql`
      select count(*)::integer from public.devices where user_id = ${firm.owner}
    `,
    maximum: 20,
  },
};

test.each(Object.entries(cases))('%s', async (_, { fill, as, add, count, maximum, refusal }) => {
  await fill?.();
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      race.as(as?.(n) ?? firm.owner, async (tx) => {
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
