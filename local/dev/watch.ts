import { join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { messageOf } from '../errors.ts';
import type { Stack } from '../stack.ts';

/** What a change leads to, apart from restarting functions. */
export interface Reactions {
  /** Files below sql/, named from the project's folder. */
  rebuild(projectDir: string, paths: readonly string[]): Promise<void>;
  say(line: string): void;
}

type Watched = Pick<Stack, 'config' | 'functions'>;

const configFile = join('supabase', 'config.toml');
const secretsFile = join('supabase', 'functions', '.env');

/** Editors write a file in several steps, and a change of branch touches many at once. */
const settleMs = 200;

/** Resolves when it watches, to what ends it. */
export async function watchProject(
  stack: Watched,
  reactions: Reactions,
): Promise<() => Promise<void>> {
  const { projectDir } = stack.config;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  const paths = ['functions', 'sql', configFile, secretsFile].map((path) => join(projectDir, path));
  const watcher = watch(paths, {
    ignoreInitial: true,
    ignored: /[/\\](node_modules|\.git)([/\\]|$)/,
  });
  watcher.on('all', (_event, path) => {
    changed.add(relative(projectDir, path));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const batch = [...changed];
      changed.clear();
      work = work
        .then(() => react(stack, batch, reactions))
        .catch((error: unknown) => reactions.say(messageOf(error)));
    }, settleMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
    await work;
  };
}

async function react(
  stack: Watched,
  paths: readonly string[],
  reactions: Reactions,
): Promise<void> {
  await restartFunctions(stack, paths, reactions);
  const sql = below(paths, 'sql');
  if (sql.length > 0) await reactions.rebuild(stack.config.projectDir, sql);
  if (paths.includes(configFile)) {
    reactions.say('supabase/config.toml has changed: start again for it to take effect.');
  }
}

const below = (paths: readonly string[], folder: string) =>
  paths.filter((path) => path.startsWith(folder + sep));

async function restartFunctions(
  { functions }: Watched,
  paths: readonly string[],
  { say }: Reactions,
): Promise<void> {
  const touched = [...new Set(below(paths, 'functions').map((path) => path.split(sep)[1] ?? ''))];
  const isSecret = paths.includes(secretsFile);
  if (functions === null || (touched.length === 0 && !isSecret)) return;
  const known = functions.definitions.map(({ name }) => name);
  const unknown = touched.filter((folder) => !known.includes(folder));
  // Shared code and the secrets concern every function.
  const isForAll = isSecret || unknown.length > 0;
  const names = isForAll ? known : known.filter((name) => touched.includes(name));
  if (names.length > 0) {
    await functions.restart(names);
    say(`Restarted ${names.join(', ')}.`);
  }
  const added = unknown.filter((folder) => /^[A-Za-z][\w-]*$/.test(folder));
  if (added.length > 0) say(`New in functions/: ${added.join(', ')}. Start again to serve it.`);
}
