import { Hono } from 'hono';
import { z } from 'zod';
import { serveFake } from './serve.ts';

export const msg91Account = { authKey: 'msg91-key', template: 'tmpl-en', templateHi: 'tmpl-hi' };

const bodySchema = z.object({
  template_id: z.enum([msg91Account.template, msg91Account.templateHi]),
  short_url: z.enum(['0', '1']).optional(),
  realTimeResponse: z.literal('1').optional(),
  recipients: z.array(z.looseObject({ mobiles: z.string(), VAR1: z.string().max(30) })).min(1),
});

/** MSG91's flow endpoint: refusals have status 200 and `type: "error"`. */
export function serveMsg91() {
  const app = new Hono();
  const refuse = (message: string, status = 200) =>
    Response.json({ type: 'error', message }, { status });

  app.post('/api/v5/flow', async (c) => {
    if (c.req.header('authkey') !== msg91Account.authKey) return refuse('Authkey invalid', 401);
    if (!c.req.header('content-type')?.startsWith('application/json')) {
      return refuse('Content type must be JSON');
    }
    const raw: unknown = await c.req.json();
    const template = z.looseObject({ template_id: z.string().min(1) }).safeParse(raw);
    if (!template.success) return refuse('Template ID missing');
    const body = bodySchema.safeParse(raw);
    if (!body.success) return refuse('template_id invalid');
    const mobiles = body.data.recipients.map(({ mobiles }) => mobiles);
    if (!mobiles.every((mobile) => /^91[6-9]\d{9}$/.test(mobile))) {
      return refuse('Please provide valid mobile number');
    }
    return c.json({ type: 'success', message: '3763646c3058373530393938' });
  });
  return serveFake(app);
}
