/** Many users, psql-like clients and one database: nobody may see another's settings or rows. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeUser, type TestStack, type TestUser, testStack } from '../helpers/stack.ts';

const userCount = 50;
const requestsOfEach = 4;
const name = `whoami_${randomUUID().slice(0, 8)}`;

let stack: TestStack;
let developer: Sql;
let users: TestUser[];

beforeAll(async () => {
  stack = await testStack();
  developer = postgres(stack.databaseUrl, { max: 5, onnotice: () => {} });
  await developer.unsafe(`
    create function public.${name}(label text) returns jsonb language sql as $$
      select jsonb_build_object(
        'label', label, 'role', current_user, 'uid', auth.uid(), 'jwt', auth.jwt(),
        'path', current_setting('request.path', true),
        'leaked', nullif(current_setting('test.leak', true), ''))
    $$;
    grant execute on function public.${name}(text) to authenticated;
  `);
  users = await Promise.all(Array.from({ length: userCount }, () => makeUser()));
  await vi.waitFor(
    async () =>
      expect(await users[0]?.client.rpc(name, { label: '' })).toMatchObject({ status: 200 }),
    { timeout: 10_000, interval: 100 },
  );
}, 120_000);

afterAll(async () => {
  await developer?.unsafe(`drop function if exists public.${name}(text)`);
  await developer?.end();
});

async function asRequest(user: TestUser, label: string): Promise<void> {
  const [claims, rows] = await Promise.all([
    user.client.rpc(name, { label }),
    user.client.from('profiles').select('id'),
  ]);
  expect(claims.error).toBeNull();
  expect(claims.data).toMatchObject({
    label,
    role: 'authenticated',
    uid: user.id,
    jwt: { sub: user.id, email: user.session.user.email, session_id: expect.any(String) },
    path: `/rpc/${name}`,
    leaked: null,
  });
  expect(rows.error).toBeNull();
  expect(rows.data).toEqual([{ id: user.id }]);
}

/** A transaction with a role, claims and settings of its own, and something left in the session. */
async function asDeveloper(round: number): Promise<void> {
  const sub = randomUUID();
  const answer = await developer.begin(async (tx) => {
    await tx`set local role authenticated`;
    await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub })}, true),
      set_config('test.leak', ${`developer ${round}`}, true)`;
    await tx`select pg_sleep(0.005)`;
    const [row] = await tx`select current_user as role, auth.uid() as uid,
      current_setting('test.leak') as leak`;
    return row;
  });
  expect(answer).toEqual({ role: 'authenticated', uid: sub, leak: `developer ${round}` });
  const [after] = await developer`select current_user as role, auth.uid() as uid`;
  expect(after).toEqual({ role: 'postgres', uid: null });
}

test(`${userCount * requestsOfEach} requests of ${userCount} users at once beside transactions`, async () => {
  const requests = users.flatMap((user, index) =>
    Array.from({ length: requestsOfEach / 2 }, (_, turn) => asRequest(user, `${index}/${turn}`)),
  );
  const transactions = Array.from({ length: 30 }, (_, round) => asDeveloper(round));
  await Promise.all([...requests, ...transactions]);
}, 60_000);

test('a refused transaction leaves nothing behind', async () => {
  const [user] = users;
  if (!user) throw new Error('no user');
  await Promise.all([
    ...Array.from({ length: 20 }, async () => {
      const { error } = await user.client.from('profiles').insert({ id: randomUUID() });
      expect(error).not.toBeNull();
    }),
    ...Array.from({ length: 20 }, (_, turn) => asRequest(user, `after ${turn}`)),
  ]);
}, 60_000);
