/**
 * Runs what README and docs tell people to run: the TypeScript blocks of a page as one program
 * against the test stack, every shell line by the runner below that knows how to try it here.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testStack } from '../helpers/stack.ts';
import { readState, trySnippet } from '../local/stack-process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const scripts = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).scripts;

interface Block {
  readonly page: string;
  readonly language: string;
  readonly code: string;
}

const pages = [
  'README.md',
  ...(await readdir(join(root, 'docs'))).filter((f) => f.endsWith('.md')).map((f) => `docs/${f}`),
];
const texts = await Promise.all(
  pages.map(async (page) => ({ page, text: await readFile(join(root, page), 'utf8') })),
);
const blocks: Block[] = texts.flatMap(({ page, text }) =>
  [...text.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].map(([, language = '', code = '']) => ({
    page,
    language,
    code,
  })),
);

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end, or until its output has `until`; then it is interrupted. */
function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  until?: string,
) {
  const child = spawn(command, [...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, for a Ctrl-C: a terminal sends it to the whole group.
    detached: true,
  });
  let output = '';
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  const reached = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (until && output.includes(until)) resolve();
      });
    }
    void ended.then(() => resolve());
  });
  return { child, ended, reached, output: () => output };
}

describe('TypeScript', () => {
  const programs = new Map<string, string>();
  for (const { page, language, code } of blocks) {
    if (language === 'ts') programs.set(page, `${programs.get(page) ?? ''}${code}`);
  }

  // The stack may take longer to start than a program to run.
  beforeAll(async () => {
    await testStack();
  });

  test.each([...programs])(
    '%s',
    async (_, code) => {
      const stack = await testStack();
      const dir = await mkdtemp(join(root, '.karigar-snippet-'));
      try {
        const file = join(dir, 'snippet.mts');
        // A realtime client keeps a timer after it is done; the reader's app goes on, ours ends.
        await writeFile(file, `${code}\nprocess.exit(0);\n`);
        const { ended } = run(process.execPath, ['--import', 'tsx', file], {
          TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'),
          KARIGAR_URL: stack.url,
          KARIGAR_PUBLISHABLE_KEY: stack.publishableKey,
        });
        const { code: exitCode, output } = await ended;
        expect(exitCode, output).toBe(0);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
    60_000,
  );
});

test.each(blocks.filter(({ language }) => language === 'sql'))('SQL of $page', async ({ code }) => {
  const stack = await testStack();
  const sql = postgres(stack.databaseUrl, { max: 1 });
  try {
    await sql.unsafe(`begin; ${code}; rollback`).simple();
  } finally {
    await sql.end();
  }
});

test('settings are TOML, and every block of the pages has a language that is tried', () => {
  for (const { code } of blocks.filter(({ language }) => language === 'toml')) parse(code);
  expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual([
    'sh',
    'sql',
    'toml',
    'ts',
  ]);
});

describe('shell', () => {
  // Those of docs/deploy.md run one after the other, in deploy.test.ts.
  const lines = blocks
    .filter(({ page, language }) => language === 'sh' && page !== 'docs/deploy.md')
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

  let stateDir: string;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'karigar-docs-'));
  });
  afterAll(async () => await rm(stateDir, { recursive: true, force: true }));

  /** How each line is tried. This very run is `npm test`. */
  const runners: Record<string, () => Promise<void>> = {
    'npm test': async () => expect(scripts.test).toContain('vitest run'),
    'npm run generate': async () => {
      const check = run('npm', ['run', 'generate', '--', '--check', '--sources']);
      const { code, output } = await check.ended;
      expect(code, output).toBe(0);
    },
    'npm run demo': async () => expect(scripts.demo).toBeDefined(),
    'npm start': async () => {
      const args = ['--api-port', '0', '--db-port', '0', '--state-dir', stateDir];
      const start = run('npm', ['start', '--', ...args], {}, 'Try it:');
      await start.reached;
      try {
        const { url, publishableKey } = await readState(stateDir);
        expect(await trySnippet(start.output())).toMatchObject({
          items: [{ kind: 'solo' }, {}, {}],
        });
        const demo = run('npm', ['run', 'demo', '--', 'atyrau'], {
          KARIGAR_URL: url,
          KARIGAR_PUBLISHABLE_KEY: publishableKey,
        });
        const { code, output } = await demo.ended;
        expect(code, output).toBe(0);
        expect(start.output() + output).not.toMatch(/warn|deprecated/i);
      } finally {
        if (start.child.pid) process.kill(-start.child.pid, 'SIGINT');
        await start.ended;
      }
    },
  };

  test('every line has a runner', () => {
    expect(lines.filter((line) => !(line in runners))).toEqual([]);
  });

  // With DATABASE_URL the same commands would use the database that all test files share.
  test.skipIf(process.env.DATABASE_URL).each([...new Set(lines)])(
    '%s',
    async (line) => await runners[line]?.(),
    300_000,
  );

  test('every npm script that the pages name exists', () => {
    const named = texts.flatMap(({ text }) => [...text.matchAll(/`npm run ([\w:]+)/g)]);
    expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('links between the pages lead somewhere', async () => {
  for (const { page, text } of texts) {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);
    for (const target of targets) {
      const url = new URL(target, new URL(page, `file://${root}`));
      await expect(
        readFile(url).then(() => 'found'),
        `${page} → ${target}`,
      ).resolves.toBe('found');
    }
  }
});
