/**
 * Accounts are born and die, and businesses change hands, in every order: no business that nobody
 * living owns is active, the dead get no power, and nobody owns more than they may.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { type Life, lives, Model, type Op, roles, type State } from './owners-model.ts';

const people = 4;
const mayOwn = 2;
const undo = new Error('undo');

let sql: Sql;
beforeAll(async () => {
  sql = postgres((await testStack()).databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(() => sql?.end());

/** Numbers that `meant` makes people and businesses of, so that most steps are about members. */
const who = fc.nat(999);
const business = fc.nat(999);
const role = fc.constantFrom(...roles, 'owner' as const);
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('activate' as const), business }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('invite' as const), who, business, whom: who, role }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('accept', 'accept', 'decline'), who, business }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('change' as const), who, business, whom: who, role }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('remove' as const), who, business, whom: who }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(...lives, 'unblock', 'unban', 'restore', 'restore'),
      who,
    }),
  },
);

function pick<T>(from: readonly T[], number: number): T {
  const picked = from[number % from.length];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

const everybody = Array.from({ length: people }, (_, person) => person);

function meant(op: Op, { businesses }: Model): Op {
  const resolved = { ...op };
  const number = 'who' in op ? op.who : 0;
  if ('business' in resolved) resolved.business %= Math.max(businesses.length, 1);
  const offers = businesses.flatMap((firm, index) =>
    firm.offers.filter(({ status }) => status === 'pending').map(({ to }) => ({ index, to })),
  );
  if ((resolved.do === 'accept' || resolved.do === 'decline') && offers.length && number % 5) {
    const { index, to } = pick(offers, resolved.who);
    return { ...resolved, business: index, who: to };
  }
  const members = 'business' in resolved ? [...(businesses[resolved.business]?.members ?? [])] : [];
  const likely = [...members, ...members, ...members].map(([person]) => person);
  const candidates = [...likely, ...everybody];
  if ('who' in resolved) resolved.who = pick('whom' in resolved ? candidates : everybody, number);
  if ('whom' in resolved)
    resolved.whom = pick(resolved.do === 'invite' ? everybody : candidates, resolved.whom);
  return resolved;
}

/** Open businesses: one with two owners, and a manager who owns as many others as they may. */
const opening: readonly Op[] = [
  { do: 'create', who: 0 },
  { do: 'activate', business: 0 },
  { do: 'invite', who: 0, business: 0, whom: 1, role: 'owner' },
  { do: 'accept', who: 1, business: 0 },
  { do: 'create', who: 2 },
  { do: 'create', who: 2 },
  { do: 'activate', business: 1 },
  { do: 'invite', who: 1, business: 0, whom: 2, role: 'manager' },
  { do: 'accept', who: 2, business: 0 },
];

const statements: Record<Life, (tx: TransactionSql, id: string) => Promise<unknown>> = {
  block: (tx, id) => tx`update public.profiles set status = 'blocked' where id = ${id}`,
  unblock: (tx, id) => tx`update public.profiles set status = 'active' where id = ${id}`,
  ban: (tx, id) =>
    tx`update auth.users set banned_until = now() + interval '1 day' where id = ${id}`,
  unban: (tx, id) => tx`update auth.users set banned_until = null where id = ${id}`,
  soften: (tx, id) => tx`update auth.users set deleted_at = now() where id = ${id}`,
  restore: (tx, id) => tx`update auth.users set deleted_at = null where id = ${id}`,
  erase: (tx, id) => tx`delete from auth.users where id = ${id}`,
};

/** The database's side of the model. */
class World {
  readonly ids = Array.from({ length: people }, () => randomUUID());
  readonly businesses: string[] = [];
  readonly offers: string[][] = [];

  constructor(private readonly tx: TransactionSql) {}

  async begin(): Promise<void> {
    await this.tx`
      insert into auth.users (id, aud, role, email, email_confirmed_at)
      select id, 'authenticated', 'authenticated', id || '@example.test', now()
      from unnest(${this.ids}::uuid[]) as id
    `;
    await this.tx`
      update private.limits set maximum = ${mayOwn} where name = 'owned_providers'
    `;
    await this.tx`
      insert into public.categories (market_id, slug, names)
      values ('localpro', 'owned', '{"en": "Owned", "hi": "स्वामी", "ur": "مالک"}')
    `;
  }

  id(person: number): string {
    return this.ids[person] ?? '';
  }

  async step(op: Op, offer: number): Promise<string> {
    try {
      await this.tx.savepoint(async (tx) => {
        const firm = 'business' in op ? (this.businesses[op.business] ?? '') : '';
        if (op.do === 'activate') {
          await tx`update public.providers set status = 'active' where id = ${firm}`;
        } else if ('whom' in op || op.do === 'create' || 'business' in op) {
          await this.call(tx, op, firm, offer);
        } else {
          await statements[op.do](tx, this.id(op.who));
        }
      });
      return 'ok';
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      return error.detail ?? `${error.code} ${error.message}`;
    }
  }

  /** As the Data API does for whoever is signed in. */
  private async call(
    tx: TransactionSql,
    op: Exclude<Op, { do: Life | 'activate' }>,
    firm: string,
    offer: number,
  ): Promise<void> {
    const claims = JSON.stringify({ sub: this.id(op.who), role: 'authenticated' });
    await tx`
      select set_config('request.jwt.claims', ${claims}, true),
        set_config('role', 'authenticated', true)
    `;
    const answer = await this.rpc(tx, op, firm, offer);
    await tx`select set_config('role', 'none', true), set_config('request.jwt.claims', '', true)`;
    if (op.do === 'create') {
      this.businesses.push(answer);
      this.offers.push([]);
    }
    if (op.do === 'invite') this.offers[op.business]?.push(answer);
  }

  private async rpc(
    tx: TransactionSql,
    op: Exclude<Op, { do: Life | 'activate' }>,
    firm: string,
    offer: number,
  ): Promise<string> {
    const whom = 'whom' in op ? this.id(op.whom) : '';
    const invitation = 'business' in op ? (this.offers[op.business]?.[offer] ?? '') : '';
    const calls = {
      create: () => tx`
        select public.create_provider(
          'localpro', '{"en": "Firm"}', '{"address": "Gomti Nagar", "lat": 26.85, "lng": 81}',
          '["owned"]'
        ) ->> 'id' as id
      `,
      invite: () => tx`
        select public.invite_member(${firm}, ${'role' in op ? op.role : ''}, null,
          ${`${whom}@example.test`}) ->> 'id' as id
      `,
      accept: () => tx`select public.accept_invitation(${invitation}) ->> 'id' as id`,
      decline: () => tx`select public.decline_invitation(${invitation}) ->> 'id' as id`,
      change: () => tx`
        select public.change_member_role(${firm}, ${whom}, ${'role' in op ? op.role : ''})
          ->> 'provider_id' as id
      `,
      remove: () => tx`select public.remove_member(${firm}, ${whom}) ->> 'provider_id' as id`,
    };
    const [row] = await calls[op.do]();
    return String(row?.id);
  }

  async state(): Promise<State[]> {
    return this.tx<{ status: string; members: State['members']; pending: string[] }[]>`
      select
        provider.status,
        (
          select coalesce(
            jsonb_object_agg(array_position(${this.ids}::uuid[], member.user_id) - 1, member.role),
            '{}'
          )
          from public.provider_members as member
          where member.provider_id = provider.id
        ) as members,
        array(
          select concat(
            array_position(${this.ids}::text[], split_part(invitation.email, '@', 1)) - 1, ' ',
            invitation.role
          )
          from public.provider_invitations as invitation
          where invitation.provider_id = provider.id and invitation.status = 'pending'
          order by 1
        ) as pending
      from unnest(${this.businesses}::uuid[]) with ordinality as made (id, place)
      join public.providers as provider on provider.id = made.id
      order by made.place
    `;
  }

  /** Without the model: what must never be. */
  async faults(): Promise<readonly object[]> {
    return this.tx`
      with live as (
        select profile.id
        from public.profiles as profile
        join auth.users as account on account.id = profile.id
        where profile.status = 'active' and account.deleted_at is null
          and coalesce(account.banned_until <= now(), true)
      )
      select provider.id, 'active without a living owner' as fault
      from public.providers as provider
      where provider.id = any (${this.businesses}) and provider.status = 'active'
        and not exists (
          select 1
          from public.provider_members as member
          join live on live.id = member.user_id
          where member.provider_id = provider.id and member.role = 'owner'
        )
      union all
      select member.user_id, 'owns too many'
      from public.provider_members as member
      where member.user_id = any (${this.ids}) and member.role = 'owner'
      group by member.user_id
      having count(*) > ${mayOwn}
      union all
      select invitation.id, 'offered by the dead'
      from public.provider_invitations as invitation
      where invitation.provider_id = any (${this.businesses}) and invitation.status = 'pending'
        and invitation.invited_by not in (select live.id from live)
    `;
  }
}

async function play(ops: readonly Op[]): Promise<void> {
  await sql
    .begin(async (tx) => {
      const model = new Model(people, mayOwn);
      const world = new World(tx);
      await world.begin();
      for (const [place, wanted] of [...opening, ...ops].entries()) {
        const op = meant(wanted, model);
        const offer = 'business' in op && 'who' in op ? model.offer(op.business, op.who) : -1;
        const expected = model.step(op);
        if (expected === null) continue;
        const told = `step ${place}: ${JSON.stringify(op)}`;
        expect(await world.step(op, offer), told).toBe(expected);
        expect(await world.state(), told).toEqual(model.state());
        expect(await world.faults(), told).toEqual([]);
      }
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

test('whatever happens, the living own what is open, and no more than they may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 15, maxLength: 30, size: 'max' }), play),
    {
      numRuns: process.env.DATABASE_URL ? 40 : 15,
    },
  );
}, 120_000);
