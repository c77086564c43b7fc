import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostedTimings } from '../../local/functions/process.ts';
import { createFunctions, type Functions } from '../../local/functions.ts';
import { generateKeys, type Keys } from '../../local/keys.ts';
import { type Project, readProject } from '../../local/project.ts';
import { createTokens, type Tokens } from '../../local/tokens.ts';

const sources = {
  echo: `
    import { Hono } from 'hono';
    const app = new Hono().basePath('/echo');
    app.get('/env/:name', (c) => c.text(Deno.env.get(c.req.param('name')) ?? ''));
    app.get('/status/:status', (c) => c.json({}, Number(c.req.param('status'))));
    app.options('*', (c) => c.text('preflight'));
    app.all('*', async (c) => c.json({
      path: new URL(c.req.url).pathname, query: c.req.query(), body: await c.req.text(),
      ip: c.req.header('x-forwarded-for'), host: c.req.header('x-forwarded-host'),
    }));
    Deno.serve({ port: 1 }, app.fetch);`,
  life: `
    Deno.serve(async (request) => {
      const path = new URL(request.url).pathname;
      if (path === '/life/pid') return new Response(String(Deno.pid));
      if (path === '/life/crash') Deno.exit(7);
      if (path === '/life/spin') for (;;);
      if (path === '/life/never') await new Promise(() => {});
      if (path === '/life/write') {
        const result = await Deno.writeTextFile('/tmp/never', 'x').catch((error) => error.name);
        return new Response(String(result));
      }
      if (path === '/life/background') {
        const to = new URL(request.url).searchParams.get('to');
        EdgeRuntime.waitUntil(new Promise((done) => setTimeout(done, 700)).then(() => fetch(to)));
        return new Response('accepted', { status: 202 });
      }
      let part = 0;
      return new Response(new ReadableStream({
        async pull(controller) {
          if (part > 0) await new Promise((done) => setTimeout(done, 400));
          controller.enqueue(new TextEncoder().encode('part ' + part));
          if (++part === 3) controller.close();
        },
      }));
    });`,
  fetchable: `export default { fetch: () => new Response('from default') };`,
  broken: `import { nothing } from './missing.ts'; nothing();`,
  _shared: `throw new Error('not a function');`,
};

let dir: string;
let keys: Keys;
let tokens: Tokens;
let project: Project;
let functions: Functions;
const lines: string[] = [];

function create(timings = {}): Functions {
  const url = 'http://127.0.0.1:54321';
  const settings = { apiPort: 0, dbPort: 0, adminDatabaseUrl: '', embedded: true };
  const { limits, accessTokenSeconds, refreshTokenSeconds } = project;
  const config = {
    ...settings,
    ...{ limits, accessTokenSeconds, refreshTokenSeconds, url },
    projectDir: dir,
    stateDir: join(dir, '.karigar'),
    databaseUrl: 'postgres://postgres:pw@127.0.0.1:1/postgres',
  };
  const logger = (service: string) => {
    const log = (line: string) => void lines.push(`${service}: ${line}`);
    return { info: log, warn: log, error: log };
  };
  const all = { ...hostedTimings, backOffMs: 600, ...timings };
  return createFunctions({ config, keys, tokens, logger }, project, all);
}

function call(path: string, init: RequestInit = {}, from = functions): Promise<Response> {
  const request = new Request(`http://127.0.0.1:54321/functions/v1/${path}`, init);
  return from.fetch(request, { ip: '203.0.113.9' });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'karigar-functions-'));
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(join(dir, 'functions', name), { recursive: true });
    await writeFile(join(dir, 'functions', name, 'index.ts'), source);
  }
  const root = fileURLToPath(new URL('../../', import.meta.url));
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(
    join(dir, 'functions/echo/deno.json'),
    JSON.stringify({ imports: { hono: 'npm:hono@4.13.19' } }),
  );
  await writeFile(join(dir, 'functions/.env'), 'OWN_SECRET="a b"\nSUPABASE_URL=http://elsewhere\n');
  await mkdir(join(dir, 'supabase'));
  await writeFile(
    join(dir, 'supabase/config.toml'),
    ['life', 'fetchable', 'broken']
      .map((name) => `[functions.${name}]\nverify_jwt = false\n`)
      .join(''),
  );
  keys = await generateKeys();
  tokens = await createTokens(keys, 'http://127.0.0.1:54321/auth/v1');
  project = await readProject(dir);
  functions = create();
}, 30_000);

afterAll(async () => {
  await functions?.stop();
  await rm(dir, { recursive: true, force: true });
});

const withKey = () => ({ apikey: keys.publishableKey });

describe('requests', () => {
  it('reach the function under its name, with body, query and caller', async () => {
    const answer = await call('echo/a/b?c=d', {
      method: 'POST',
      body: 'hello',
      headers: withKey(),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      path: '/echo/a/b',
      query: { c: 'd' },
      body: 'hello',
      ip: '203.0.113.9',
      host: '127.0.0.1:54321',
    });
  });

  it('stream their answers', async () => {
    const answer = await call('life/stream');
    const arrivals: number[] = [];
    for await (const _part of answer.body ?? []) arrivals.push(Date.now());
    expect(arrivals.length).toBe(3);
    expect((arrivals[2] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(600);
  });

  it('serve a default export too', async () => {
    expect(await (await call('fetchable')).text()).toBe('from default');
  });

  it('get NOT_FOUND for what is not a function', async () => {
    for (const path of ['nothing', '_shared', '', 'constructor']) {
      const answer = await call(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('see failures of the function marked as its own', async () => {
    const answer = await call('echo/status/500', { headers: withKey() });
    expect(answer.headers.get('sb-error-code')).toBe('EDGE_FUNCTION_ERROR');
    const refused = await call('echo/status/409', { headers: withKey() });
    expect(refused.headers.get('sb-error-code')).toBeNull();
  });
});

describe('verify_jwt', () => {
  const cases: [string, () => Promise<Record<string, string>>, string | null][] = [
    ['nothing', async () => ({}), 'UNAUTHORIZED_NO_AUTH_HEADER'],
    [
      'a key of another stack',
      async () => ({ apikey: 'sb_publishable_x' }),
      'UNAUTHORIZED_INVALID_JWT_FORMAT',
    ],
    ['garbage', async () => ({ authorization: 'Bearer a.b.c' }), 'UNAUTHORIZED_INVALID_JWT_FORMAT'],
    [
      'another scheme',
      async () => ({ authorization: 'Basic x' }),
      'UNAUTHORIZED_INVALID_JWT_FORMAT',
    ],
    ['HS256', async () => bearer(await forged('HS256')), 'UNAUTHORIZED_LEGACY_JWT'],
    [
      'HS512',
      async () => bearer(await forged('HS512')),
      'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM',
    ],
    ['an expired token', async () => bearer(await signed(-1)), 'UNAUTHORIZED_ASYMMETRIC_JWT'],
    ["a user's token", async () => bearer(await signed(60)), null],
    ['the publishable key', async () => withKey(), null],
    ['the secret key as Bearer', async () => bearer(keys.secretKey), null],
  ];
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const signed = (seconds: number) =>
    tokens.sign({ role: 'authenticated', exp: Math.floor(Date.now() / 1000) + seconds });
  const forged = (alg: string) =>
    new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode('x'.repeat(64)));

  it.each(cases)('with %s', async (_what, headers, code) => {
    const answer = await call('echo', { headers: await headers() });
    expect(answer.headers.get('sb-error-code')).toBe(code);
    expect(answer.status).toBe(code === null ? 200 : 401);
    if (code !== null) expect(await answer.json()).toMatchObject({ code, msg: expect.any(String) });
  });

  it('lets preflights pass to the function', async () => {
    const answer = await call('echo', { method: 'OPTIONS' });
    expect(await answer.text()).toBe('preflight');
  });
});

describe('the environment', () => {
  const read = async (name: string) =>
    (await call(`echo/env/${name}`, { headers: withKey() })).text();

  it('is what hosted gives', async () => {
    expect(await read('SUPABASE_URL')).toBe('http://127.0.0.1:54321');
    expect(await read('SUPABASE_SECRET_KEYS')).toBe(JSON.stringify({ default: keys.secretKey }));
    expect(await read('SUPABASE_ANON_KEY')).toBe(keys.publishableKey);
    expect(JSON.parse(await read('SUPABASE_JWKS'))).toEqual(tokens.jwks());
    expect(await read('SEND_SMS_HOOK_SECRET')).toBe(keys.smsHookSecret);
    expect(await read('SUPABASE_FUNCTION_SLUG')).toBe('echo');
  });

  it('holds the secrets file, and nothing of the developer beside it', async () => {
    expect(await read('OWN_SECRET')).toBe('a b');
    expect(await read('HOME')).toBe('');
    expect(await read('PATH')).not.toContain('/usr/bin');
  });

  it('does not let functions write files', async () => {
    expect(await (await call('life/write')).text()).toBe('NotCapable');
  });
});

describe('processes', () => {
  const pid = async (from = functions) => Number(await (await call('life/pid', {}, from)).text());

  it('start again after a crash, with 503 meanwhile', async () => {
    const first = await pid();
    expect((await call('life/crash')).status).toBe(500);
    await vi.waitUntil(() => !isAlive(first));
    const meanwhile = await call('life/pid');
    expect([meanwhile.status, await meanwhile.json()]).toEqual([
      503,
      { code: 'BOOT_ERROR', message: 'Function failed to start (please check logs)' },
    ]);
    await sleep(700);
    const second = await pid();
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(first);
    expect(lines.join('\n')).toContain('life: exited (code 7)');
  });

  it('that cannot start answer 503 and log why', async () => {
    const answer = await call('broken');
    expect(answer.status).toBe(503);
    expect(lines.join('\n')).toMatch(/broken: .*Module not found/);
  });

  it('give up a request after the idle timeout, and a process that is stuck', async () => {
    const impatient = create({ idleMs: 1500 });
    try {
      const first = await pid(impatient);
      expect((await call('life/never', {}, impatient)).status).toBe(504);
      await sleep(2300);
      expect(isAlive(first)).toBe(true);
      const answer = await call('life/spin', {}, impatient);
      expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'IDLE_TIMEOUT' }]);
      await vi.waitUntil(() => !isAlive(first), { timeout: 5000 });
    } finally {
      await impatient.stop();
    }
  }, 20_000);

  it('finish their background work before they stop', async () => {
    let calls = 0;
    const receiver = createServer((_request, response) => {
      calls += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    const address = receiver.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const other = create();
    const running = await pid(other);
    const answer = await call(`life/background?to=http://127.0.0.1:${port}/`, {}, other);
    expect(answer.status).toBe(202);
    expect(calls).toBe(0);
    await other.stop();
    expect(calls).toBe(1);
    expect(isAlive(running)).toBe(false);
    receiver.close();
  }, 20_000);

  it('restart with new code', async () => {
    await writeFile(
      join(dir, 'functions/fetchable/index.ts'),
      `export default { fetch: () => new Response('changed') };`,
    );
    await functions.restart(['fetchable']);
    expect(await (await call('fetchable')).text()).toBe('changed');
  });
});
