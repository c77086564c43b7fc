import { Hono } from 'hono';
import type { JWK } from 'jose';
import { z } from 'zod';
import { serveFake } from './serve.ts';

export const secretKey = 'sb_secret_test';
export const proof = 'the proof of the functions';

interface Refusal {
  readonly status: number;
  readonly body: object;
}

const userSchema = z.object({ user_id: z.uuid(), until: z.string().optional() });

/** Data API, keys and Auth of a project, as far as the function `admin` calls them. */
export async function serveProject() {
  const state = {
    refusal: null as Refusal | null,
    keys: [] as JWK[],
    /** What Auth answers to whoever asks about a token. */
    user: () => Response.json({ error_code: 'bad_jwt', msg: 'invalid JWT' }, { status: 403 }),
  };
  const app = new Hono();
  const userState = (args: unknown, status: string) => {
    const { user_id, until } = userSchema.parse(args);
    const status_reason = status === 'active' ? null : 'Fraud';
    return { id: user_id, status, status_reason, status_until: until ?? null };
  };
  const answers: Record<string, (args: unknown) => unknown> = {
    block_user: (args) => userState(args, 'blocked'),
    unblock_user: (args) => userState(args, 'active'),
    verify_provider: (args) => ({
      id: z.object({ provider_id: z.uuid() }).parse(args).provider_id,
      status: 'active',
      verification_status: 'verified',
    }),
    list_admin_actions: () => ({ items: [], next_cursor: null }),
  };
  app.post('/rest/v1/rpc/function_proof', (c) =>
    c.req.header('apikey') === secretKey ? c.json(proof) : c.notFound(),
  );
  app.get('/auth/v1/user', () => state.user());
  app.post('/rest/v1/rpc/:name', async (c) => {
    if (state.refusal) return Response.json(state.refusal.body, { status: state.refusal.status });
    const answer = answers[c.req.param('name')];
    return answer ? Response.json(answer(await c.req.json())) : c.notFound();
  });
  app.get('/auth/v1/.well-known/jwks.json', (c) => c.json({ keys: state.keys }));
  return Object.assign(await serveFake(app), { state });
}
