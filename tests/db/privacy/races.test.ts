/** What somebody saves in the moment in which their account is deleted. */
import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { openRace, type Race, somebodyWaits } from '../bookings/racers.ts';

let race: Race;

beforeAll(async () => {
  const { databaseUrl } = await testStack();
  race = openRace(databaseUrl);
});
afterAll(() => race?.sql.end());

/** The embedded engine runs one transaction at a time: nobody waits there. */
const native = test.skipIf(!process.env.DATABASE_URL);

const saves: Record<string, (tx: TransactionSql, owner: string) => Promise<unknown>> = {
  'a name': (tx) => tx`update public.profiles set display_name = 'Asha' where id = auth.uid()`,
  'an address': (tx) => tx`
    insert into public.addresses (label, address, lat, lng) values ('Home', 'A 1', 26.8, 81)
  `,
  'a wish': (tx) => tx`
    insert into public.preferences (language) values ('hi')
    on conflict (user_id) do update set language = excluded.language
  `,
  'a device': (tx) => tx`select public.register_device('android', auth.uid()::text)`,
  'a block': (tx, owner) => tx`select public.set_user_block(${owner})`,
};
const cases = Object.keys(saves).flatMap((what) =>
  ['before', 'after'].map((when) => [what, when] as const),
);

native.each(cases)('%s saved right %s the account is deleted softly', async (what, when) => {
  const firm = await race.makeFirm();
  const [user = ''] = await race.makeUsers(1);
  await race.as(user, (tx) => tx`select public.start_conversation('direct', ${firm.id})`);
  const save = (tx: TransactionSql) => saves[what]?.(tx, firm.owner);
  const remove = (tx: TransactionSql) => tx`
    update auth.users set deleted_at = now() where id = ${user}
  `;

  let second: Promise<unknown> | undefined;
  if (when === 'before') {
    const outcome = await race.as(user, async (tx) => {
      await save(tx);
      second = race.sql.begin(remove);
      await tx`reset role`;
      await somebodyWaits(tx);
    });
    expect(outcome).toBe(undefined);
    await second;
  } else {
    await race.sql.begin(async (tx) => {
      await remove(tx);
      second = race.as(user, async (other) => save(other));
      await somebodyWaits(tx);
    });
    expect(await second).toBe('user_blocked');
  }

  const [left] = await race.sql`
    select
      (select display_name from public.profiles where id = ${user}) as name,
      (select count(*)::integer from public.addresses where user_id = ${user}) as addresses,
      (select count(*)::integer from public.preferences where user_id = ${user}) as wishes,
      (select count(*)::integer from public.devices where user_id = ${user}) as devices,
      (select count(*)::integer from public.user_blocks where blocker_id = ${user}) as blocks
  `;
  expect(left).toEqual({ name: null, addresses: 0, wishes: 0, devices: 0, blocks: 0 });
});
