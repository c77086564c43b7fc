/** The reasons that each RPC may answer, as docs/errors.md lists them. */
import { readFileSync } from 'node:fs';
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
