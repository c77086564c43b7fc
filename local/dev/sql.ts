import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The build is a command of its own, so that a mistake in sql/ can't hurt the running stack. */
const buildScript = fileURLToPath(new URL('../../scripts/generate.ts', import.meta.url));

/** Rebuilds the migrations after sql/ changed, and says what it takes to have them applied. */
export async function rebuild(projectDir: string, paths: readonly string[]): Promise<void> {
  const { exitCode, output } = await build(projectDir);
  if (output !== '') console.log(output);
  if (exitCode !== 0) return;
  const seed = paths.some((path) => path.startsWith(join('sql', 'seed')));
  if (output === '' && !seed) return;
  console.log(
    'The running database is unchanged. To apply: stop, `npm run reset`, `npm run dev`' +
      `${output === '' ? '' : '; then `npm run generate` for what is read out of it'}.`,
  );
}

function build(cwd: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', buildScript, '--sources'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output: output.trim() }));
  });
}
