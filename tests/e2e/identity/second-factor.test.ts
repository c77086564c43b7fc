/** An admin with an authenticator app, through every door. */
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, type TestUser, testStack } from '../../helpers/stack.ts';
import { codeOf } from '../../local/auth-mfa-fixture.ts';

let stack: Awaited<ReturnType<typeof testStack>>;
let sql: postgres.Sql;
let admin: TestUser;

beforeAll(async () => {
  stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1 });
  admin = await makeUser();
  await sql`insert into public.user_roles (user_id, role) values (${admin.id}, 'admin')`;
});
afterAll(async () => {
  await sql`delete from public.user_roles where user_id = ${admin.id}`;
  await sql.end();
});

/** What the RPC, the function `admin` and a policy say to the bearer of the token. */
async function doors(token: string) {
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = {
      'content-type': 'application/json',
      apikey: stack.publishableKey,
      authorization: `Bearer ${token}`,
    };
    const answer = await fetch(stack.url + path, { ...init, headers });
    return { status: answer.status, body: await answer.text() };
  };
  const answers = [
    await call('/rest/v1/rpc/list_admin_actions', { method: 'POST', body: '{}' }),
    await call('/functions/v1/admin/actions'),
  ];
  const others = await call(`/rest/v1/profiles?select=id&id=neq.${admin.id}&limit=1`);
  return [
    ...answers.map(({ status, body }) => `${status} ${/second_factor_required/.exec(body) ?? ''}`),
    others.body === '[]' ? 'no rows' : 'rows',
  ];
}
const open = ['200 ', '200 ', 'rows'];

const tokenOf = async () => (await admin.client.auth.getSession()).data.session?.access_token ?? '';

test('I4 whoever has enrolled needs the code, and until then nobody does', async () => {
  const { mfa } = admin.client.auth;
  const first = admin.accessToken;
  expect(await doors(first)).toEqual(open);
  const { data, error } = await mfa.enroll({ factorType: 'totp' });
  if (error) throw error;
  const { id: factorId, totp } = data;
  expect(await doors(first)).toEqual(open);

  const verified = await mfa.challengeAndVerify({ factorId, code: codeOf(totp.secret) });
  expect(verified.error).toBeNull();
  expect(await doors(await tokenOf())).toEqual(open);
  // The token from before has not expired, and is worth nothing to an admin.
  expect(await doors(first)).toEqual([
    '403 second_factor_required',
    '403 second_factor_required',
    'no rows',
  ]);

  await admin.client.auth.refreshSession();
  expect(await doors(await tokenOf())).toEqual(open);
  await mfa.unenroll({ factorId });
  await admin.client.auth.refreshSession();
  expect(await doors(await tokenOf())).toEqual(open);
});
