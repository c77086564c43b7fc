/**
 * Watches every answer of an RPC that a test gets, and fails the test whose RPC answers a reason
 * that its list in docs/errors.md lacks.
 */
import { readFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { z } from 'zod';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const lists = new Map(
  [...page.slice(page.indexOf('## What each RPC')).matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(
    ([, name = '', reasons = '']) => [name, new Set(reasons.match(/\w+/g))],
  ),
);
const refusalSchema = z.object({ code: z.string().startsWith('PT'), details: z.string() });

/** What the answer says that the list of the RPC lacks; null for what is no refusal of ours. */
export function unlistedReason(rpc: string, body: unknown): string | null {
  const { data } = refusalSchema.safeParse(body);
  return data && !lists.get(rpc)?.has(data.details) ? `${rpc}: ${data.details}` : null;
}

const unlisted: string[] = [];
const { fetch: send } = globalThis;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  const url = input instanceof Request ? input.url : String(input);
  const rpc = /\/rest\/v1\/rpc\/(\w+)/.exec(url)?.[1];
  if (response.ok || rpc === undefined) return response;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const found = unlistedReason(rpc, body);
  if (found !== null) unlisted.push(found);
  return response;
};

afterEach(() => {
  const found = unlisted.splice(0);
  if (found.length > 0) throw new Error(`reasons that no list has: ${found.join(', ')}`);
});
