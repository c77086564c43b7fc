/**
 * Watches every answer of an RPC that a test gets, and fails the test whose RPC answers a reason
 * that its list in docs/errors.md lacks.
 */
import { afterEach } from 'vitest';
import { unlistedReason } from './rpc-reasons.ts';

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
