import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { denoBinary } from '../../local/functions/environment.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const tsc = join(root, 'node_modules/typescript/bin/tsc');
let project: string;

/** A project of somebody else, with the package as npm would install it. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'karigar-sdk-'));
  const modules = join(project, 'node_modules');
  const installed = join(modules, 'karigar');
  await mkdir(installed, { recursive: true });
  for (const name of ['@supabase', 'hono', 'zod', 'ws', '@types']) {
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await run(process.execPath, [tsc, '-p', 'tsconfig.sdk.json', '--outDir', installed], {
    cwd: root,
  });
  // Only what the package publishes is there.
  await rm(join(installed, 'functions'), { recursive: true, force: true });
  const entry = { types: './types/index.d.ts', default: './types/index.js' };
  await writeFile(
    join(installed, 'package.json'),
    JSON.stringify({ name: 'karigar', type: 'module', exports: { '.': entry } }),
  );
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

it('has types that a strict project can build on', { timeout: 120_000 }, async () => {
  await writeFile(
    join(project, 'app.ts'),
    `import { type Booking, createKarigar, eachItem, isKarigarError } from 'karigar';
    import WebSocket from 'ws';
    const karigar = createKarigar({ url: 'http://127.0.0.1:1', key: 'k', realtime: { transport: WebSocket } });
    const booking: Booking = await karigar.rpc.getBooking({ booking_id: 'x' });
    const status: 'draft' | 'confirmed' | string = booking.status;
    const health: { status: 'ok' } = await (await karigar.functions.otp.health.$get()).json();
    for await (const { name } of eachItem(karigar.rpc.searchProviders, { market: 'localpro' })) name.trim();
    const { data } = await karigar.supabase.from('markets').select('id, country');
    const countries: string[] = (data ?? []).map(({ country }) => country);
    // @ts-expect-error no such state
    await karigar.rpc.transitionBooking({ booking_id: 'x', to_status: 'finished' });
    // @ts-expect-error no such table
    karigar.supabase.from('no_such_table');
    // @ts-expect-error no such function
    karigar.functions.payments;
    export { countries, health, isKarigarError, status };`,
  );
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--skipLibCheck', 'false'];
  const modules = ['--module', 'nodenext', '--types', 'node', '--exactOptionalPropertyTypes'];
  const checked = await run(process.execPath, [tsc, ...options, ...modules, 'app.ts'], {
    cwd: project,
  }).catch((error: unknown) => error);
  // Other packages' own types are not ours to judge.
  const own = String(Object(checked).stdout ?? checked)
    .split('\n')
    .filter((line) => /error/i.test(line) && !/node_modules\/(?!karigar)/.test(line));
  expect(own).toEqual([]);
});

const script = `import { createKarigar, errors, isKarigarError } from 'karigar';
  const transport = globalThis.WebSocket ?? (await import('ws')).default;
  const karigar = createKarigar({
    url: 'http://127.0.0.1:9', key: 'sb_publishable_x',
    realtime: { transport }, auth: { persistSession: false, autoRefreshToken: false },
  });
  try {
    await karigar.rpc.getBooking({ booking_id: 'x' });
  } catch (error) {
    console.log(isKarigarError(error, 'invalid_booking_id'), errors.slot_taken.status);
  }`;

it('runs in Node and in Deno', { timeout: 60_000 }, async () => {
  await writeFile(join(project, 'app.mjs'), script);
  const node = await run(process.execPath, ['app.mjs'], { cwd: project });
  expect(node.stdout.trim()).toBe('true 409');
  const flags = ['run', '--no-prompt', '--no-lock', '--node-modules-dir=manual', '--cached-only'];
  const allowed = [`--allow-read=${project},${root}`, '--allow-env', '--allow-sys'];
  const deno = await run(denoBinary(), [...flags, ...allowed, 'app.mjs'], { cwd: project });
  expect(deno.stdout.trim()).toBe('true 409');
});

it('asks for nothing that a browser lacks', async () => {
  const folder = join(project, 'node_modules/karigar/types');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  expect(files).toContain('index.js');
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    const imports = [...text.matchAll(/from ['"]([^'".][^'"]*)['"]/g)].map(([, from]) => from);
    for (const from of imports) {
      expect(['@supabase/supabase-js', 'hono/client', 'zod'], name).toContain(from);
    }
    expect(text, name).not.toMatch(/\bprocess\.|\bBuffer\b|\brequire\(/);
  }
});
