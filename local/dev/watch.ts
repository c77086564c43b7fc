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
  const paths = ['functions', 'sql', 'supabase/config.toml'].map((path) => join(projectDir, path));
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
  const below = (folder: string) => paths.filter((path) => path.startsWith(folder + sep));
  await restartFunctions(stack, below('functions'), reactions);
  const sql = below('sql');
  if (sql.length > 0) await reactions.rebuild(stack.config.projectDir, sql);
  if (paths.includes(join('supabase', 'config.toml'))) {
    reactions.say('supabase/config.toml has changed: start again for it to take effect.');
  }
}

async function restartFunctions(
  { functions }: Watched,
  paths: readonly string[],
  { say }: Reactions,
): Promise<void> {
  if (functions === null || paths.length === 0) return;
  const touched = [...new Set(paths.map((path) => path.split(sep)[1] ?? ''))];
  const known = functions.definitions.map(({ name }) => name);
  const unknown = touched.filter((folder) => !known.includes(folder));
  // Shared code and the secrets concern every function.
  const names = unknown.length > 0 ? known : known.filter((name) => touched.includes(name));
  if (names.length > 0) {
    await functions.restart(names);
    say(`Restarted ${names.join(', ')}.`);
  }
  const added = unknown.filter((folder) => /^[A-Za-z][\w-]*$/.test(folder));
  if (added.length > 0) say(`New in functions/: ${added.join(', ')}. Start again to serve it.`);
}
