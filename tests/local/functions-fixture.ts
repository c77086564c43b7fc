/** A project with functions of its own, and what runs them. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostedTimings } from '../../local/functions/process.ts';
import { createFunctions, type Functions } from '../../local/functions.ts';
import { generateKeys } from '../../local/keys.ts';
import { readProject } from '../../local/project.ts';
import { createTokens } from '../../local/tokens.ts';

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

export type FunctionsFixture = Awaited<ReturnType<typeof openFunctions>>;

export async function openFunctions() {
  const lines: string[] = [];
  const dir = await mkdtemp(join(tmpdir(), 'karigar-functions-'));
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
  await mkdir(join(dir, 'supabase/functions'), { recursive: true });
  await writeFile(
    join(dir, 'supabase/functions/.env'),
    'OWN_SECRET="a b"\nSUPABASE_URL=http://elsewhere\n',
  );
  await writeFile(join(dir, 'supabase/.env'), 'HOOK=one\nUNNAMED=two\n');
  await writeFile(
    join(dir, 'supabase/config.toml'),
    [
      ...['life', 'fetchable', 'broken'].map((name) => `[functions.${name}]\nverify_jwt = false\n`),
      '[edge_runtime.secrets]\nHOOK_SECRET = "env(HOOK)"\nUNSET = "env(NOWHERE)"\nPLAIN = "x"\n',
    ].join(''),
  );
  const keys = await generateKeys();
  const tokens = await createTokens(keys, 'http://127.0.0.1:54321/auth/v1');
  const project = await readProject(dir);

  function create(timings = {}): Functions {
    const url = 'http://127.0.0.1:54321';
    const settings = {
      apiPort: 0,
      dbPort: 0,
      adminDatabaseUrl: '',
      embedded: true,
      behindProxy: false,
    };
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

  const functions = create();

  function call(path: string, init: RequestInit = {}, from = functions): Promise<Response> {
    const request = new Request(`http://127.0.0.1:54321/functions/v1/${path}`, init);
    return from.fetch(request, { ip: '203.0.113.9' });
  }

  async function stop(): Promise<void> {
    await functions.stop();
    await rm(dir, { recursive: true, force: true });
  }

  return { dir, keys, tokens, lines, functions, create, call, stop };
}
