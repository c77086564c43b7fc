import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';
import { transport } from '../helpers/transport.ts';

const siteUrl = 'http://app.example.com';
let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl, {
    settings: { siteUrl, redirectUrls: ['https://*.example.org/**'] },
  });
});
afterAll(() => auth.stop());

async function signUp(email = randomEmail(), password: string = randomUUID()) {
  const client = auth.client();
  const asked = await client.auth.signUp({ email, password });
  if (asked.error) throw asked.error;
  const token = auth.mailTo(email).code;
  const { data, error } = await client.auth.verifyOtp({ email, token, type: 'email' });
  if (error || !data.session) throw error ?? new Error('no session');
  return { email, password, client, session: data.session };
}

async function follow(link: string): Promise<URL> {
  const response = await fetch(link, { redirect: 'manual' });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '');
}

describe('PKCE', () => {
  function pkceClient() {
    const store = new Map<string, string>();
    return createClient(auth.url, auth.keys.publishableKey, {
      auth: {
        flowType: 'pkce',
        autoRefreshToken: false,
        detectSessionInUrl: false,
        storage: {
          getItem: (key: string) => store.get(key) ?? null,
          setItem: (key: string, value: string) => void store.set(key, value),
          removeItem: (key: string) => void store.delete(key),
        },
      },
      realtime: { transport },
    });
  }

  it.each(['new', 'known'] as const)('turns the link to a %s user into a code', async (kind) => {
    const email = kind === 'new' ? randomEmail() : (await signUp()).email;
    const client = pkceClient();
    expect((await client.auth.signInWithOtp({ email })).error).toBeNull();
    const target = await follow(auth.mailTo(email).link);
    const code = target.searchParams.get('code') ?? '';
    expect(code).not.toBe('');
    expect(target.hash).toBe('');

    const thief = await pkceClient();
    await thief.auth.signInWithOtp({ email: randomEmail() });
    const stolen = await thief.auth.exchangeCodeForSession(code);
    expect(stolen.error).toMatchObject({ status: 400, code: 'bad_code_verifier' });
    const { data, error } = await client.auth.exchangeCodeForSession(code);
    expect(error).toBeNull();
    expect(data.user?.email).toBe(email);
    const late = await auth.request('/token?grant_type=pkce', {
      method: 'POST',
      body: JSON.stringify({ auth_code: code, code_verifier: 'x'.repeat(43) }),
    });
    expect(late.status).toBe(404);
    expect(await late.json()).toMatchObject({ error_code: 'flow_state_not_found' });
  });

  it('still takes the code typed from the mail', async () => {
    const email = randomEmail();
    const client = pkceClient();
    await client.auth.signInWithOtp({ email });
    const token = auth.mailTo(email).code;
    const { error } = await client.auth.verifyOtp({ email, token, type: 'email' });
    expect(error).toBeNull();
  });
});
