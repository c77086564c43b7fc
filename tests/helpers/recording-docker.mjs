#!/usr/bin/env node
/**
 * A `docker` that starts nothing: it keeps each container that it was asked for, with the
 * environment it would have had, in RECORDED_DIR. Found first in PATH, the Supabase CLI goes
 * through the whole of `supabase start` with it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2);
const file = (name) => join(process.env.RECORDED_DIR ?? '.', `${name}.json`);
const valuesOf = (flag) => args.flatMap((arg, i) => (args[i - 1] === flag ? [arg] : []));

/** `-e NAME` takes the value from docker's own environment, `--env-file` from a file. */
function environment() {
  const lines = valuesOf('--env-file').flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  const named = valuesOf('-e').map((name) =>
    name.includes('=') ? name : `${name}=${process.env[name] ?? ''}`,
  );
  const pairs = [...lines, ...named].filter((line) => line.includes('='));
  return Object.fromEntries(pairs.map((line) => line.split(/=(.*)/s, 2)));
}

switch (args.slice(0, 2).join(' ')) {
  case 'create --name': {
    const [name] = valuesOf('--name');
    writeFileSync(file(name), JSON.stringify({ args, env: environment() }));
    console.log(name);
    break;
  }
  case 'container inspect':
    if (existsSync(file(args[2]))) {
      const health = { Status: 'healthy' };
      console.log(JSON.stringify({ Status: 'running', Running: true, Health: health }));
    } else {
      console.error(`Error response from daemon: No such container: ${args[2]}`);
      process.exitCode = 1;
    }
    break;
  // Data of an earlier start, so the CLI sets no database up.
  case 'volume inspect':
  case 'image inspect':
    console.log('[{}]');
    break;
  case 'cp -':
    // The writer must not meet a closed pipe.
    process.stdin.resume();
    break;
  default:
    console.log('ok');
}
