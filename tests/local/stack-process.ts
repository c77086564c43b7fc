/** `npm start` as a process of its own, and what it leaves behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
const keysSchema = z.object({ publishableKey: z.string(), secretKey: z.string() });
const runningSchema = z.object({ pid: z.int(), url: z.string(), databaseUrl: z.string() });

export interface StackProcess {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Settles when the table of addresses is out; rejects when it exits before. */
  readonly up: Promise<void>;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

export function startProcess(
  command: 'start' | 'dev' | 'reset',
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): StackProcess {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const script = join(root, 'local', `${command}.ts`);
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const up = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('Try it:')) resolve();
      });
    }
    void exited.then(() => reject(new Error(`it did not come up:\n${output}`)));
  });
  up.catch(() => {});
  return { child, up, exited, output: () => output };
}

export async function readState(stateDir: string) {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(stateDir, name), 'utf8'));
  return {
    ...keysSchema.parse(await read('keys.json')),
    ...runningSchema.parse(await read('stack.json')),
  };
}

/** Processes started by this one, and theirs, as long as they live. */
export async function descendants(pid: number): Promise<number[]> {
  const entries = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    entries.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { pid: Number(name), parent: Number(fields[1]) };
    }),
  );
  const children = parents.filter(({ parent }) => parent === pid).map((child) => child.pid);
  const below = await Promise.all(children.map(descendants));
  return [...children, ...below.flat()];
}

/** A zombie that its parent has not collected counts as dead. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
}

export async function livingOf(pids: readonly number[]): Promise<number[]> {
  const alive = await Promise.all(pids.map(isAlive));
  return pids.filter((_pid, index) => alive[index]);
}

/** Runs the line that `npm start` prints to try; without curl on the machine, its request. */
export async function trySnippet(output: string): Promise<unknown> {
  const line = /^ {2}(curl .*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`no line to try:\n${output}`);
  const curl = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  const commandNotFound = 127;
  if (curl.status !== commandNotFound) return JSON.parse(curl.stdout);

  const [url = '', ...rest] = [...line.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  const body = rest.pop() ?? '';
  const headers = new Headers();
  for (const header of rest) headers.set(...splitHeader(header));
  return await (await fetch(url, { method: 'POST', headers, body })).json();
}

function splitHeader(header: string): [name: string, value: string] {
  const colon = header.indexOf(': ');
  return [header.slice(0, colon), header.slice(colon + 2)];
}
