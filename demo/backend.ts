import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadKeys } from '../local/keys.ts';

/** What the demo can't go on without; the message is all that its reader needs. */
export class DemoError extends Error {}

export interface Backend {
  readonly url: string;
  /** The publishable key: the demo may do what any app may do. */
  readonly key: string;
}

const stateDir = fileURLToPath(new URL('../.karigar', import.meta.url));

/** `KARIGAR_URL` and `KARIGAR_PUBLISHABLE_KEY`, or else the stack that `npm start` runs here. */
export async function findBackend(env: NodeJS.ProcessEnv): Promise<Backend> {
  const url = env.KARIGAR_URL ?? 'http://127.0.0.1:54321';
  const hint =
    `Nothing answers at ${url}. Start the backend in another terminal: npm start\n  ` +
    'One at another address is named by KARIGAR_URL.';
  if (!env.KARIGAR_PUBLISHABLE_KEY && !existsSync(join(stateDir, 'keys.json')))
    throw new DemoError(hint);
  const key = env.KARIGAR_PUBLISHABLE_KEY ?? (await loadKeys(stateDir)).publishableKey;

  const markets = `${url}/rest/v1/markets?select=id`;
  const response = await fetch(markets, { headers: { apikey: key } }).catch(() => null);
  if (!response) throw new DemoError(hint);
  if (!response.ok) {
    throw new DemoError(
      `${url} answers ${response.status}: ${await response.text()}\n  ` +
        'KARIGAR_URL and KARIGAR_PUBLISHABLE_KEY name the backend to use.',
    );
  }
  return { url, key };
}
