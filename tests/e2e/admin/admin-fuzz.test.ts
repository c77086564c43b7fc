/** Bad input by an admin, who comes further into the RPCs than anybody else. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, type TestUser, testStack } from '../../helpers/stack.ts';
import { expectDecentError, nasty } from '../nasty.ts';

let stack: Awaited<ReturnType<typeof testStack>>;
let sql: postgres.Sql;
let admin: TestUser;
let valid: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1 });
  admin = await makeUser();
  const { id: user_id } = await makeUser();
  await sql`insert into public.user_roles (user_id, role) values (${admin.id}, 'admin')`;
  const [firm] = await sql<{ id: string }[]>`
    insert into public.providers
      (market_id, slug, kind, names, status, location, address, time_zone)
    values (
      'localpro', ${`fuzz-${user_id}`}, 'solo', '{"en": "Fuzz"}', 'pending',
      private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
    )
    returning id
  `;
  const provider_id = firm?.id;
  const reason = 'Because';
  const page = { page_size: 5, cursor: null };
  const key = `fuzz_${randomUUID().slice(0, 8)}`;
  valid = {
    list_admin_actions: {
      ...{ admin_id: admin.id, action: 'block_user', resource_type: 'user', resource_id: user_id },
      ...page,
    },
    list_verification_queue: { market: 'localpro', ...page },
    review_provider: { provider_id },
    verify_provider: { provider_id, notes: 'Seen.', fingerprint: 'x' },
    suspend_provider: { provider_id, reason },
    reinstate_provider: { provider_id, reason },
    reject_provider: { provider_id, reason },
    block_user: { user_id, reason, until: '2030-01-01T00:00:00Z' },
    unblock_user: { user_id, reason },
    admin_user_story: { user_id, reason },
    set_configuration: {
      ...{ key, value: { a: 1 }, reason, market: 'localpro', category: 'test' },
      ...{ description: 'A test.', is_public: true, is_active: true, expected_version: null },
    },
    list_configuration: { market: 'localpro', category: 'test', ...page },
    list_configuration_versions: { key, market: 'localpro', ...page },
    roll_back_configuration: { key, version: 1, reason, market: 'localpro' },
  };
});
afterAll(async () => {
  await sql`delete from public.user_roles where user_id = ${admin.id}`;
  await sql.end();
});

const logged = async () =>
  (await sql`select from public.admin_actions where admin_id = ${admin.id}`).length;

function call(name: string, args: object): Promise<Response> {
  return fetch(`${stack.url}/rest/v1/rpc/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      apikey: stack.publishableKey,
      authorization: `Bearer ${admin.accessToken}`,
    },
    // PostgREST itself refuses a NUL, before any function of ours sees it.
    body: JSON.stringify(args).replaceAll('\\u0000', '\\u0001'),
  });
}

test('one wrong argument is refused decently, and leaves no row in the log', async () => {
  for (const [name, args] of Object.entries(valid)) {
    for (const arg of Object.keys(args)) {
      await fc.assert(
        fc.asyncProperty(nasty, async (value) => {
          const before = await logged();
          const response = await call(name, { ...args, [arg]: value });
          await expectDecentError(response);
          if (!response.ok) expect(await logged()).toBe(before);
        }),
        { numRuns: 15 },
      );
    }
  }
  // Whatever was fine has been logged.
  expect(await logged()).toBeGreaterThan(0);
}, 120_000);
