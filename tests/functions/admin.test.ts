import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { clientIpSchema } from '../../functions/_shared/client-ip.ts';
import { createApp } from '../../functions/admin/app.ts';
import { readAnswer } from './answer.ts';
import { proof, secretKey, serveProject } from './fakes/project.ts';

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

const askWith = (variables: Record<string, string>, token: string) =>
  appWith(variables).request('/admin/actions', { headers: { authorization: `Bearer ${token}` } });
const statusWith = async (variables: Record<string, string>, token: string) =>
  (await askWith(variables, token)).status;

/** Those that the database got in somebody's name. */
const calls = () =>
  project.requests.filter(
    ({ path, headers }) => path.startsWith('/rest/') && headers.apikey !== secretKey,
  );

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

  it.each([
    ['has none', { SUPABASE_JWKS: '' }],
    ['has others only', { SUPABASE_JWKS: '{"keys":[]}' }],
  ])('takes the keys from the project where the environment %s', async (_, variables) => {
    project.state.keys = [publicKey];
    expect(await statusWith(variables, await sign())).toBe(200);
  });

  it('takes a bare list of keys', async () => {
    expect(await statusWith({ SUPABASE_JWKS: JSON.stringify([publicKey]) }, await sign())).toBe(
      200,
    );
  });

  it.each([
    ['named otherwise', { SUPABASE_PUBLISHABLE_KEYS: '{"mobile":"sb_publishable_mobile"}' }],
    ['called default among others', { SUPABASE_PUBLISHABLE_KEYS: '{"a":"x","default":"y"}' }],
    ['legacy', { SUPABASE_PUBLISHABLE_KEYS: '{}', SUPABASE_ANON_KEY: 'legacy' }],
  ])('takes keys that are %s', async (_, variables) => {
    const secret = { SUPABASE_SECRET_KEYS: '', SUPABASE_SERVICE_ROLE_KEY: secretKey };
    expect(await statusWith({ ...variables, ...secret }, await sign())).toBe(200);
    expect(calls()[0]?.headers.apikey).toMatch(/^(sb_publishable_mobile|y|legacy)$/);
  });

  it.each([
    ['SUPABASE_JWKS', { SUPABASE_JWKS: 'no JSON' }],
    ['SUPABASE_PUBLISHABLE_KEYS or SUPABASE_ANON_KEY', { SUPABASE_PUBLISHABLE_KEYS: '{}' }],
    ['SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY', { SUPABASE_SECRET_KEYS: '' }],
    ['CLIENT_IP_HEADER', { CLIENT_IP_HEADER: 'no header' }],
  ])('says in the log that %s is missing', async (name, variables) => {
    const response = await askWith(variables, await sign());
    expect(await refusal(response)).toEqual([500, 'function_misconfigured']);
    expect(logged.join()).toContain(name);
  });

  describe('with a token of a project that signs with a shared secret', () => {
    const shared = (claims: Record<string, unknown> = {}) =>
      new SignJWT({ sub: adminId, role: 'authenticated', aud: 'authenticated', ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode('x'.repeat(40)));

    it('is who Auth says', async () => {
      project.state.user = () => Response.json({ id: adminId, aud: 'authenticated' });
      const token = await shared();
      expect(await statusWith({}, token)).toBe(200);
      const asked = project.requests.find(({ path }) => path === '/auth/v1/user');
      expect(asked?.headers.authorization).toBe(`Bearer ${token}`);
      expect(await statusWith({}, await shared({ role: 'service_role' }))).toBe(401);
    });

    it('is nobody when Auth knows no such token', async () => {
      expect(await refusal(await askWith({}, await shared()))).toEqual([401, 'not_signed_in']);
      expect(calls()).toEqual([]);
    });

    it.each([
      ['has no time', () => new Response('', { status: 503 })],
      [
        'is asked too often',
        () => Response.json({ error_code: 'over_request_rate_limit', msg: 'x' }, { status: 429 }),
      ],
      ['refuses our own key', () => Response.json({ message: 'Invalid API key' }, { status: 401 })],
      ['is not there', () => Response.json({ message: 'no Route matched' }, { status: 404 })],
    ])('has to try again when Auth %s', async (_, answer) => {
      project.state.user = answer;
      expect(await statusWith({}, await shared())).toBe(500);
    });
  });
});

describe('a call', () => {
  it("goes to the database in the caller's name, with address and user agent", async () => {
    const token = await sign();
    const headers = { 'user-agent': 'Firefox', 'x-forwarded-for': '192.0.2.1, 203.0.113.7' };
    const body = { notes: 'Seen.' };
    const response = await call(`/providers/${providerId}/verify`, { body, token, headers });
    expect(await response.json()).toMatchObject({ id: providerId, status: 'active' });
    const [request] = calls();
    expect(request).toMatchObject({
      path: '/rest/v1/rpc/verify_provider',
      headers: {
        authorization: `Bearer ${token}`,
        apikey: 'sb_publishable_test',
        'user-agent': 'Firefox',
        'x-forwarded-for': '192.0.2.1, 203.0.113.7',
        'x-karigar-client-ip': '203.0.113.7',
        'x-karigar-proof': proof,
      },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({ provider_id: providerId, notes: 'Seen.' });
  });

  const made = '203.0.113.77';
  const seen = '198.51.100.4';
  it.each([
    ['made up hops', {}, { 'x-forwarded-for': `${made}, ${seen}` }],
    [
      'headers of proxies that are not there',
      {},
      { 'cf-connecting-ip': made, 'x-real-ip': made, 'true-client-ip': made, forwarded: made },
    ],
    ['its own word on it', {}, { 'x-karigar-client-ip': made, 'x-karigar-proof': proof }],
    [
      'other headers than that of the proxy',
      { CLIENT_IP_HEADER: 'X-Real-IP' },
      { 'cf-connecting-ip': made, 'x-real-ip': seen, 'x-forwarded-for': made },
    ],
  ])('believes no caller: %s', async (_, variables, headers) => {
    await appWith(variables).request('/admin/actions', {
      headers: { authorization: `Bearer ${await sign()}`, 'x-forwarded-for': seen, ...headers },
    });
    expect(calls()[0]?.headers['x-karigar-client-ip']).toBe(seen);
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
    expect(calls()).toEqual([]);
  });
});

it.each([
  ['https://abcdefghijklmnopqrst.supabase.co', 'cf-connecting-ip'],
  ['https://supabase.co.example.com', undefined],
  ['http://kong:8000', undefined],
])('Cloudflare stands in front of hosted projects only: %s', (url, header) => {
  expect(clientIpSchema.parse({ SUPABASE_URL: url })).toBe(header);
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
