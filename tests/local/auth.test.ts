/** The auth service where it is used: behind the gateway, with the product's hook and triggers. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeUser, newPhone, signInByPhone, type TestStack, testStack } from '../helpers/stack.ts';

let stack: TestStack;
let sql: Sql;

beforeAll(async () => {
  stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 2, onnotice: () => {} });
});
afterAll(() => sql.end());

describe('a person with a phone', () => {
  it('signs in by the code in the inbox and has a profile', async () => {
    const phone = newPhone();
    const { id, client } = await signInByPhone(phone);

    expect(await sql`select from public.profiles where id = ${id}`).toHaveLength(1);
    const { data, error } = await client.from('profiles').select('id');
    expect(error).toBeNull();
    expect(data).toEqual([{ id }]);
    const { data: claims } = await client.auth.getClaims();
    expect(claims?.claims).toMatchObject({
      iss: `${stack.url}/auth/v1`,
      sub: id,
      phone: phone.slice(1),
      role: 'authenticated',
    });
    const [session] = await sql`select ip from auth.sessions where user_id = ${id}`;
    expect(session?.ip).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  it('keeps working with a refreshed token, and stops with the sign-out', async () => {
    const { id, client, session } = await signInByPhone();
    const refreshed = await client.auth.refreshSession();
    expect(refreshed.error).toBeNull();
    expect((await client.from('profiles').select('id')).data).toEqual([{ id }]);

    expect((await client.auth.signOut()).error).toBeNull();
    const late = await stack.client().auth.refreshSession({ refresh_token: session.refresh_token });
    expect(late.error?.code).toBe('refresh_token_not_found');
  });

  it('is one user when asked for twice at once', async () => {
    const phone = newPhone();
    await Promise.all(
      Array.from({ length: 3 }, () => stack.client().auth.signInWithOtp({ phone })),
    );
    expect(await sql`select from auth.users where phone = ${phone.slice(1)}`).toHaveLength(1);
  });
});

describe('a person with an e-mail address', () => {
  it('finds the mail in the inbox', async () => {
    const email = `${randomUUID()}@example.org`;
    const sent = await stack.client().auth.signInWithOtp({ email });
    expect(sent.error).toBeNull();
    const [mail] = await stack.inbox({ to: email, channel: 'email' });
    const [token = ''] = /\b\d{6}\b/.exec(mail?.body ?? '') ?? [];
    const { data, error } = await stack.client().auth.verifyOtp({ email, token, type: 'email' });
    expect(error).toBeNull();
    expect(await sql`select from public.profiles where id = ${data.user?.id ?? ''}`).toHaveLength(
      1,
    );
  });
});

describe('a server with the secret key', () => {
  const admin = () => stack.client(stack.secretKey).auth.admin;

  it('makes, bans and deletes users', async () => {
    const { id, client } = await makeUser();
    await admin().updateUserById(id, { ban_duration: '1h' });
    expect((await client.auth.refreshSession()).error?.code).toBe('user_banned');
    expect((await admin().deleteUser(id)).error).toBeNull();
    expect((await admin().getUserById(id)).error?.code).toBe('user_not_found');
    expect(await sql`select from public.profiles where id = ${id}`).toHaveLength(0);
  });

  it('is the only one who may', async () => {
    const { client } = await makeUser();
    for (const caller of [client, stack.client()]) {
      const { error } = await caller.auth.admin.listUsers();
      expect(error).toMatchObject({ status: 403, code: 'not_admin' });
    }
  });
});

it('publishes its key and its settings', async () => {
  const headers = { apikey: stack.publishableKey };
  const get = async (path: string) => {
    const response = await fetch(`${stack.url}/auth/v1${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  expect((await get('/.well-known/jwks.json')).body).toEqual({
    keys: [expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })],
  });
  expect((await get('/settings')).body).toMatchObject({ external: { phone: true } });
  expect((await get('/health')).body).toMatchObject({ name: 'GoTrue' });
  expect((await get('/authorize?provider=google')).status).toBe(400);
});

describe('the API key', () => {
  const get = (path: string, apikey?: string) =>
    fetch(`${stack.url}/auth/v1/${path}`, {
      headers: apikey ? { apikey } : {},
      redirect: 'manual',
    });

  it.each(['health', 'settings', 'user', 'nothing'])('is asked for at /%s', async (path) => {
    expect((await get(path)).status).toBe(401);
    const wrong = await get(path, 'sb_publishable_wrong');
    expect([wrong.status, await wrong.json()]).toEqual([
      401,
      { message: 'Invalid API key', hint: 'Double check your Supabase `apikey`' },
    ]);
  });

  it('is not asked for where a browser follows a link, nor for the public keys', async () => {
    expect((await get('.well-known/jwks.json')).status).toBe(200);
    expect((await get('verify?type=signup&token=x&redirect_to=http://127.0.0.1')).status).not.toBe(
      401,
    );
  });
});
