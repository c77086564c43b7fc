import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { createApp } from '../../functions/admin/app.ts';
import { readAnswer } from './answer.ts';
import { secretKey, serveProject } from './fakes/project.ts';

const adminId = '01890a5d-ac96-774b-bcce-b302099a8057';
const userId = '01890a5d-ac96-774b-bcce-b302099a8058';
const providerId = '01890a5d-ac96-774b-bcce-b302099a8059';

let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let publicKey: JWK;
let project: Awaited<ReturnType<typeof serveProject>>;
const logged: string[] = [];

beforeAll(async () => {
  // supabase-js insists on a WebSocket; Deno has one, Node 20 has not.
  vi.stubGlobal('WebSocket', WebSocket);
  const pair = await generateKeyPair('ES256');
  privateKey = pair.privateKey;
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
});
beforeEach(async () => {
  logged.length = 0;
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => logged.push(String(line)));
  }
  project = await serveProject();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await project[Symbol.asyncDispose]();
});

const sign = (claims: Record<string, unknown> = {}, expires = '5m') =>
  new SignJWT({ sub: adminId, role: 'authenticated', aud: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setExpirationTime(expires)
    .sign(privateKey);

function appWith(variables: Record<string, string> = {}) {
  return createApp({
    SUPABASE_URL: project.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: 'sb_publishable_test' }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: [publicKey] }),
    ...variables,
  });
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

async function call(path: string, { method = 'POST', body, token, headers }: Call = {}) {
  return appWith().request(`/admin${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token ?? (await sign())}`,
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const refusal = async (response: Response) => {
  const { details } = await readAnswer(response);
  return [response.status, details];
};
const block = { body: { reason: 'Fraud' } };
const blockPath = `/users/${userId}/block`;

describe('who may call', () => {
  it.each([
    ['without a token', () => ''],
    ['with an API key', () => 'Bearer sb_publishable_test'],
    ['with nonsense', () => 'Bearer a.b.c'],
    ['with an expired token', async () => `Bearer ${await sign({}, '-1m')}`],
    ['with a token of no user', async () => `Bearer ${await sign({ role: 'service_role' })}`],
    ['with a token for somebody else', async () => `Bearer ${await sign({ aud: 'other' })}`],
    ['unsigned', () => `Bearer ${btoa('{"alg":"none"}')}.${btoa(`{"sub":"${adminId}"}`)}.`],
    [
      'signed by another key',
      async () => {
        const other = await generateKeyPair('ES256');
        const token = new SignJWT({ sub: adminId, role: 'authenticated', aud: 'authenticated' })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setExpirationTime('5m');
        return `Bearer ${await token.sign(other.privateKey)}`;
      },
    ],
  ])('is not anybody %s', async (_, header) => {
    const response = await call(blockPath, {
      ...block,
      headers: { authorization: await header() },
    });
    expect(await refusal(response)).toEqual([401, 'not_signed_in']);
    expect(project.requests).toEqual([]);
  });

  it('takes the keys from the project where the environment has none', async () => {
    project.state.keys = [publicKey];
    const app = appWith({ SUPABASE_JWKS: '' });
    const response = await app.request('/admin/actions', {
      headers: { authorization: `Bearer ${await sign()}` },
    });
    expect(response.status).toBe(200);
  });

  it('says in the log which setting is missing', async () => {
    const app = appWith({ SUPABASE_JWKS: 'no JSON' });
    const response = await app.request('/admin/actions', {
      headers: { authorization: `Bearer ${await sign()}` },
    });
    expect(await refusal(response)).toEqual([500, 'function_misconfigured']);
    expect(logged.join()).toContain('SUPABASE_JWKS');
  });
});

describe('a call', () => {
  it("goes to the database in the caller's name, with address and user agent", async () => {
    const token = await sign();
    const headers = { 'user-agent': 'Firefox', 'x-forwarded-for': '192.0.2.1, 203.0.113.7' };
    const body = { notes: 'Seen.' };
    const response = await call(`/providers/${providerId}/verify`, { body, token, headers });
    expect(await response.json()).toMatchObject({ id: providerId, status: 'active' });
    const [request] = project.requests;
    expect(request).toMatchObject({
      path: '/rest/v1/rpc/verify_provider',
      headers: {
        authorization: `Bearer ${token}`,
        apikey: 'sb_publishable_test',
        'user-agent': 'Firefox',
        // First the last hop's word, not what the caller made up; then all of them.
        'x-forwarded-for': '203.0.113.7, 192.0.2.1, 203.0.113.7',
      },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({ provider_id: providerId, notes: 'Seen.' });
  });

  it('keeps the last hop also where somebody plays Cloudflare', async () => {
    const token = await sign();
    const headers = { 'cf-connecting-ip': '192.0.2.1', 'x-forwarded-for': '203.0.113.7' };
    await call(`/providers/${providerId}/verify`, { body: {}, token, headers });
    expect(project.requests[0]?.headers).toMatchObject({
      'x-forwarded-for': '192.0.2.1, 203.0.113.7',
    });
  });

  it('refuses what the database refuses, in its words', async () => {
    project.state.refusal = {
      status: 403,
      body: { code: 'PT403', message: 'Only admins.', details: 'not_allowed', hint: 'Ask.' },
    };
    const response = await call(blockPath, block);
    expect(response.status).toBe(403);
    expect(await readAnswer(response)).toEqual({
      code: 'PT403',
      message: 'Only admins.',
      details: 'not_allowed',
      hint: 'Ask.',
    });
  });

  it.each([
    [{ status: 401, body: { code: 'PGRST303', message: 'JWT expired' } }, [401, 'not_signed_in']],
    [{ status: 500, body: { code: 'XX000', message: 'secret' } }, [500, 'internal_error']],
  ])('keeps the words of the platform inside: %j', async (refused, expected) => {
    project.state.refusal = {
      ...refused,
      body: { ...refused.body, details: null, hint: null },
    };
    const response = await call(blockPath, block);
    const text = await response.clone().text();
    expect(await refusal(response)).toEqual(expected);
    expect(text).not.toContain('secret');
  });

  it.each([
    [blockPath, {}],
    [blockPath, { reason: '' }],
    [blockPath, { reason: 'x', until: 'tomorrow' }],
    ['/users/nobody/block', { reason: 'x' }],
    [`/providers/${providerId}/reject`, {}],
    ['/configuration/k/roll-back', { reason: 'x', version: 0 }],
  ])('is checked before it is made: %s %j', async (path, body) => {
    expect(await refusal(await call(path, { body }))).toEqual([400, 'invalid_request']);
    expect(project.requests).toEqual([]);
  });
});

it('describes every route', async () => {
  const response = await appWith().request('/admin/openapi.json');
  const { paths } = z
    .object({ paths: z.record(z.string(), z.unknown()) })
    .parse(await response.json());
  expect(Object.keys(paths).sort()).toEqual([
    '/admin/actions',
    '/admin/configuration',
    '/admin/configuration/{key}',
    '/admin/configuration/{key}/roll-back',
    '/admin/configuration/{key}/versions',
    '/admin/health',
    '/admin/providers/{provider_id}/reinstate',
    '/admin/providers/{provider_id}/reject',
    '/admin/providers/{provider_id}/review',
    '/admin/providers/{provider_id}/suspend',
    '/admin/providers/{provider_id}/verify',
    '/admin/users/{user_id}',
    '/admin/users/{user_id}/block',
    '/admin/users/{user_id}/unblock',
    '/admin/verification-queue',
  ]);
});
