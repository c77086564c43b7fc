import { Hono } from 'hono';
import { html } from 'hono/html';
import { z } from 'zod';
import type { InboxMessage } from './inbox.ts';
import type { RequestInfo, Service, StackContext } from './service.ts';

const channelSchema = z.enum(['sms', 'email']);
const filterSchema = z.object({
  to: z.string().exactOptional(),
  channel: channelSchema.exactOptional(),
});
const messageSchema = z.strictObject({
  channel: channelSchema,
  to: z.string().trim().min(1).max(320),
  subject: z.string().max(1000).exactOptional(),
  body: z.string().min(1).max(100_000),
});

const loopbackAddresses = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Sign-in codes are secrets: only this machine reads them. The name is checked besides the
 * address, since a web page elsewhere can point a name of its own at 127.0.0.1; a proxy on this
 * machine, which may serve the whole world, is known by the header that it adds.
 */
function isLocal(request: Request, info: RequestInfo): boolean {
  return (
    loopbackAddresses.test(info.ip) &&
    loopbackNames.has(new URL(request.url).hostname) &&
    !request.headers.has('x-forwarded-for')
  );
}

/** `/_inbox`: the page, and `/_inbox/api/messages` as JSON (GET, POST, DELETE). */
export function createInboxService({
  inbox,
  tokens,
}: Pick<StackContext, 'inbox' | 'tokens'>): Service {
  const app = new Hono<{ Bindings: RequestInfo }>().basePath('/_inbox');
  const denied = { code: 'not_local', message: 'The inbox is open to this machine only.' };
  const bySecretKey = (request: Request) => {
    const [, key = ''] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    return tokens.roleOfApiKey(key) === 'service_role';
  };

  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });
  app.get('/', (c) =>
    isLocal(c.req.raw, c.env) ? c.html(page(inbox.list().slice(0, 100))) : c.json(denied, 403),
  );
  app.use('/api/*', async (c, next) => {
    const open = c.req.method === 'POST' ? false : isLocal(c.req.raw, c.env);
    if (open || bySecretKey(c.req.raw)) return next();
    return c.req.method === 'POST'
      ? c.json({ code: 'unauthorized', message: 'Send the secret key as Bearer token.' }, 401)
      : c.json(denied, 403);
  });
  app.get('/api/messages', (c) => {
    const filter = filterSchema.safeParse(c.req.query());
    return filter.success
      ? c.json(inbox.list(filter.data))
      : c.json({ code: 'invalid_filter', message: z.prettifyError(filter.error) }, 400);
  });
  app.post('/api/messages', async (c) => {
    const message = messageSchema.safeParse(await c.req.json().catch(() => undefined));
    return message.success
      ? c.json(inbox.add(message.data), 201)
      : c.json({ code: 'invalid_message', message: z.prettifyError(message.error) }, 400);
  });
  app.delete('/api/messages', (c) => {
    inbox.clear();
    return c.body(null, 204);
  });
  app.notFound((c) => c.json({ code: 'not_found', message: `No ${c.req.path} here.` }, 404));

  return {
    name: 'inbox',
    fetch: async (request, info) => app.fetch(request, info),
    stop: async () => {},
  };
}

/** Reloads itself, has no script and loads nothing; `html` escapes what the messages hold. */
function page(messages: InboxMessage[]) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="3" />
        <meta name="viewport" content="width=device-width" />
        <title>Inbox (${messages.length})</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
          article { border: 1px solid #8886; border-radius: 8px; padding: .75rem 1rem; margin: 1rem 0; }
          header { display: flex; gap: 1rem; opacity: .75; font-size: .875rem; }
          time { margin-left: auto; }
          p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 0; }
          mark { font: 600 1.25em ui-monospace, monospace; padding: 0 .25em; border-radius: 4px; }
        </style>
      </head>
      <body>
        <h1>Inbox</h1>
        ${messages.length === 0 ? html`<p>No messages yet. What the stack would have sent by SMS or e-mail shows up here.</p>` : messages.map(article)}
      </body>
    </html>`;
}

function article(message: InboxMessage) {
  const at = message.receivedAt;
  return html`<article>
    <header>
      <span>${message.channel === 'sms' ? 'SMS' : 'E-mail'}</span>
      <strong>${message.to}</strong>
      <time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time>
    </header>
    ${message.subject === undefined ? '' : html`<h2>${message.subject}</h2>`}
    <p>${markCodes(message.body)}</p>
  </article>`;
}

/** Sign-in codes stand out: every second part of the split is one. */
function markCodes(body: string) {
  return body
    .split(/\b(\d{4,8})\b/)
    .map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part));
}
