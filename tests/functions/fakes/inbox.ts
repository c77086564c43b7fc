import { Hono } from 'hono';
import { z } from 'zod';
import { serveFake } from './serve.ts';

export const inboxKey = 'sb_secret_test';

const messageSchema = z.strictObject({
  channel: z.literal('sms'),
  to: z.e164(),
  body: z.string().min(1),
});
type Message = z.infer<typeof messageSchema>;

/** The stack's inbox; `fetch` hands out what has arrived. */
export async function serveInbox() {
  const messages: Message[] = [];
  const app = new Hono();
  app.post('/_inbox/api/messages', async (c) => {
    if (c.req.header('authorization') !== `Bearer ${inboxKey}`) return c.body(null, 401);
    const message = messageSchema.safeParse(await c.req.json());
    if (!message.success) return c.body(null, 400);
    messages.push(message.data);
    return c.json(message.data, 201);
  });
  const fake = await serveFake(app);
  return Object.assign(fake, { messages, inboxUrl: `${fake.url}/_inbox/api/messages` });
}
