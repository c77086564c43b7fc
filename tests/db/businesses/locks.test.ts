/** Accounts end while businesses change hands: nobody waits in a circle, and the rules hold after. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { at, type Firm, isBooked, openRace, type Race, somebodyWaits } from '../bookings/racers.ts';

let race: Race;
let sql: Sql;

beforeAll(async () => {
  const { databaseUrl } = await testStack();
  race = openRace(databaseUrl);
  sql = postgres(databaseUrl, { max: 3, onnotice: () => {} });
});
afterAll(async () => {
  await race?.sql.end();
  await sql?.end();
});

async function actAs(tx: TransactionSql, user: string): Promise<void> {
  const claims = JSON.stringify({ sub: user, role: 'authenticated' });
  await tx`select set_config('request.jwt.claims', ${claims}, true)`;
}

async function join(firm: Firm, role: string): Promise<string> {
  const [user = ''] = await race.makeUsers(1);
  await sql`
    insert into public.provider_members (provider_id, user_id, role)
    values (${firm.id}, ${user}, ${role})
  `;
  return user;
}

const steps: Record<string, (tx: TransactionSql, firm: Firm, user: string) => Promise<unknown>> = {
  'is removed': async (tx, firm, user) => {
    await actAs(tx, firm.owner);
    await tx`select public.remove_member(${firm.id}, ${user})`;
  },
  'gets another role': async (tx, firm, user) => {
    await actAs(tx, firm.owner);
    await tx`select public.change_member_role(${firm.id}, ${user}, 'crew_lead')`;
  },
  'invites somebody': async (tx, firm, user) => {
    await actAs(tx, user);
    await tx`
      select public.invite_member(${firm.id}, 'crew_member', null, ${`${randomUUID()}@example.test`})
    `;
  },
  'confirms a booking': async (tx, firm, user) => {
    const [customer = ''] = await race.makeUsers(1);
    const booked = await race.request(customer, firm, at(0));
    await actAs(tx, user);
    await tx`
      select public.transition_booking(${isBooked(booked) ? booked.booking : booked}, 'confirmed')
    `;
  },
};
const ends: Record<string, (user: string) => Promise<unknown>> = {
  deleted: (user) => sql`delete from auth.users where id = ${user}`,
  'deleted softly': (user) => sql`update auth.users set deleted_at = now() where id = ${user}`,
  blocked: (user) => sql`update public.profiles set status = 'blocked' where id = ${user}`,
};
const cases = Object.keys(steps).flatMap((step) =>
  Object.keys(ends).map((end) => [step, end] as const),
);

/** The embedded engine runs one transaction at a time: nobody waits there. */
const native = test.skipIf(!process.env.DATABASE_URL);

native.each(cases)('a manager %s and is %s at once', async (step, end) => {
  const firm = await race.makeFirm();
  const user = await join(firm, 'manager');
  let ended: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    // As each of these calls begins.
    await actAs(tx, firm.owner);
    await tx`select private.lock_managed_provider(${firm.id}, ${user})`;
    ended = ends[end]?.(user);
    ended?.catch(() => {});
    await somebodyWaits(tx);
    await steps[step]?.(tx, firm, user);
  });
  await ended;
  const [row] = await sql<{ live: boolean }[]>`select private.is_live(${user}) as live`;
  expect(row).toEqual({ live: false });
});

native.each(Object.keys(ends))('a business goes live and its owner is %s at once', async (end) => {
  const firm = await race.makeFirm();
  await sql`update public.providers set status = 'suspended' where id = ${firm.id}`;
  let ended: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`update public.providers set status = 'active' where id = ${firm.id}`;
    ended = ends[end]?.(firm.owner);
    ended?.catch(() => {});
    await somebodyWaits(tx);
  });
  await ended;
  const rows = await sql`select status from public.providers where id = ${firm.id}`;
  expect(rows).toEqual([{ status: 'ownerless' }]);
});

native('a payment code that changes while an admin verifies the business', async () => {
  const firm = await race.makeFirm();
  const [admin = ''] = await race.makeUsers(1);
  const code = `${firm.id}/code.png`;
  await sql`insert into public.user_roles (user_id, role) values (${admin}, 'admin')`;
  await sql`
    insert into storage.objects (bucket_id, name, version) values ('provider-photos', ${code}, '1')
  `;
  const [seen] = await sql<{ fingerprint: string }[]>`
    update public.providers as provider
    set status = 'pending', payment_qr_path = ${code}
    where provider.id = ${firm.id}
    returning private.fingerprint(provider) as fingerprint
  `;
  let verified: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`update storage.objects set version = '2' where name = ${code}`;
    verified = race.as(
      admin,
      (other) => other`select public.verify_provider(${firm.id}, null, ${seen?.fingerprint ?? ''})`,
    );
    await somebodyWaits(tx);
  });
  expect(await verified).toBe('provider_changed');
});

test('a crowd that joins, leaves, rises and dies at once never locks itself up', async () => {
  const firms = await Promise.all([race.makeFirm(), race.makeFirm()]);
  const people = await race.makeUsers(6);
  const [admin = ''] = await race.makeUsers(1);
  await sql`insert into public.user_roles (user_id, role) values (${admin}, 'admin')`;
  await sql`update auth.users set email_confirmed_at = now() where id in ${sql(people)}`;
  const whole = [...people, ...firms.map(({ owner }) => owner)];
  const one = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(Math.random() * from.length)];
    if (picked === undefined) throw new Error('nobody');
    return picked;
  };
  const role = () => one(['owner', 'owner', 'manager', 'crew_member']);
  const service = (call: Promise<unknown>) =>
    call.catch((error: unknown) => {
      if (!(error instanceof postgres.PostgresError)) throw error;
      return `${error.code} ${error.message}`;
    });
  const acts = [
    () => {
      const whom = `${one(whole)}@example.test`;
      return race.as(
        one(whole),
        (tx) => tx`select public.invite_member(${one(firms).id}, ${role()}, null, ${whom})`,
      );
    },
    () =>
      race.as(
        one(whole),
        (tx) => tx`
          select public.accept_invitation(public.list_invitations() #>> '{items,0,id}')
        `,
      ),
    () =>
      race.as(
        one(whole),
        (tx) => tx`select public.change_member_role(${one(firms).id}, ${one(whole)}, ${role()})`,
      ),
    () =>
      race.as(one(whole), (tx) => tx`select public.remove_member(${one(firms).id}, ${one(whole)})`),
    () => race.request(one(people), one(firms), at(Math.floor(Math.random() * 1e9))),
    () => race.as(admin, (tx) => tx`select public.block_user(${one(whole)}, 'x')`),
    () => race.as(admin, (tx) => tx`select public.unblock_user(${one(whole)}, 'x')`),
    () => race.as(admin, (tx) => tx`select public.unblock_user(${one(whole)}, 'x')`),
    () => service(sql`update auth.users set deleted_at = now() where id = ${one(whole)}`),
    () => service(sql`update auth.users set deleted_at = null where id = ${one(whole)}`),
    () => service(sql`update auth.users set deleted_at = null where id = ${one(whole)}`),
    () => service(sql`select private.settle_ownerless()`),
  ];
  const outcomes = await Promise.all(Array.from({ length: 400 }, () => one(acts)()));
  expect(outcomes.filter((outcome) => /^(40|55|57|XX)/.test(String(outcome)))).toEqual([]);
  const faults = await sql`
    select provider.id, provider.status
    from public.providers as provider
    where provider.id in ${sql(firms.map(({ id }) => id))}
      and (provider.status = 'active') <> private.has_live_owner(provider.id)
  `;
  expect(faults).toEqual([]);
}, 60_000);
