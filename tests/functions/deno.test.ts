import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { denoBinary } from '../../local/functions/environment.ts';
import { serveDataApi } from './fakes/data-api.ts';
import { inboxKey, serveInbox } from './fakes/inbox.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const functionNames = (await readdir(`${root}/functions`)).filter((name) => !name.startsWith('_'));

/** Starts a function in Deno with the packages of node_modules: nothing is downloaded. */
async function runInDeno(name: string, env: Record<string, string>) {
  const child = spawn(
    denoBinary(),
    [
      ...['run', '--no-prompt', '--no-lock', '--node-modules-dir=manual', '--cached-only'],
      ...['--allow-net=127.0.0.1', '--allow-env', '--allow-sys', `--allow-read=${root}`],
      ...['--config', `functions/${name}/deno.json`, `functions/${name}/index.ts`],
    ],
    { cwd: root, env: { ...env, DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0', NO_COLOR: '1' } },
  );
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (address) resolve(address);
      });
    }
    child.once('exit', () => reject(new Error(lines.join('\n'))));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}

it('otp runs in Deno as it does here', { timeout: 60_000 }, async () => {
  await using api = await serveDataApi();
  await using inbox = await serveInbox();
  const secret = `whsec_${btoa('the secret of the hook')}`;
  await using otp = await runInDeno('otp', {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: inboxKey }),
    SEND_SMS_HOOK_SECRET: `v1,${secret}`,
    SMS_INBOX_URL: inbox.inboxUrl,
  });

  expect(await (await fetch(`${otp.url}/otp/health`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${otp.url}/otp/openapi.json`)).status).toBe(200);
  expect((await fetch(`${otp.url}/otp`, { method: 'POST', body: '{}' })).status).toBe(401);

  const body = JSON.stringify({
    user: { id: crypto.randomUUID(), user_metadata: { language: 'hi' } },
    sms: { otp: '561166', phone: '919876543210' },
  });
  const now = new Date();
  const answer = await fetch(`${otp.url}/otp`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'id',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('id', now, body),
    },
  });
  expect(await answer.json()).toEqual({});
  expect(inbox.messages[0]?.body).toContain('कोड 561166');
});

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const importsSchema = z.object({ imports: z.record(z.string(), z.string()) });
const read = async (path: string) => JSON.parse(await readFile(`${root}/${path}`, 'utf8'));

it.each(functionNames)('%s pins the versions that package.json pins', async (name) => {
  const { dependencies, devDependencies } = manifestSchema.parse(await read('package.json'));
  const { imports } = importsSchema.parse(await read(`functions/${name}/deno.json`));
  for (const [specifier, target] of Object.entries(imports)) {
    const [, packageName = '', version] = /^npm:\/?((?:@[^/]+\/)?[^@]+)@([^/]+)/.exec(target) ?? [];
    expect(specifier.startsWith(packageName), specifier).toBe(true);
    expect(version, specifier).toBe({ ...devDependencies, ...dependencies }[packageName]);
  }
});

it.each(functionNames)('%s serves its app and does nothing else', async (name) => {
  const index = await readFile(`${root}/functions/${name}/index.ts`, 'utf8');
  expect(index).toBe("import { app } from './app.ts';\n\nDeno.serve(app.fetch);\n");
});
