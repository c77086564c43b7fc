import { z } from 'zod';
import { checkAccess } from './access.ts';
import type { Publication } from './hub.ts';
import { type Identity, identityOfApiKey, identityOfToken, isApiKey, Refusal } from './identity.ts';
import { type Broadcast, encode, encodeBroadcast, type Payload } from './protocol.ts';
import type { RealtimeServer } from './server.ts';

const batchPath = '/realtime/v1/api/broadcast';
const singlePath = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/;

interface OutgoingMessage {
  readonly topic: string;
  readonly private: boolean;
  readonly publication: Publication;
}

class HttpRefusal extends Error {
  readonly response: Response;

  constructor(status: number, body: unknown) {
    super(`HTTP ${status}`);
    this.response = Response.json(body, { status });
  }
}

/** Broadcasts over HTTP: a batch in one body, or one message addressed by its path. */
export async function handleHttp(server: RealtimeServer, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, topic, event] = singlePath.exec(url.pathname) ?? [];
  if (request.method !== 'POST' || (url.pathname !== batchPath && topic === undefined)) {
    return Response.json({ error: 'Not found' }, { status: 404 });
  }
  try {
    const identity = await identify(server, request);
    const messages =
      topic !== undefined && event !== undefined
        ? [await readSingle(server, request, url, decode(topic), decode(event))]
        : await readBatch(server, request);
    await send(server, identity, messages);
    return new Response(null, { status: 202 });
  } catch (error) {
    if (error instanceof HttpRefusal) return error.response;
    // JSON nested deeper than the stack reaches.
    if (error instanceof RangeError)
      return Response.json({ error: 'Bad request' }, { status: 400 });
    throw error;
  }
}

/** The bearer token, else the API key. */
async function identify({ tokens }: RealtimeServer, request: Request): Promise<Identity> {
  const [, bearer] = /^bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const apiKey = request.headers.get('apikey') ?? '';
  const unauthorized = () => new HttpRefusal(401, { message: 'Unauthorized' });
  try {
    const identity =
      bearer && !isApiKey(bearer)
        ? await identityOfToken(tokens, bearer)
        : identityOfApiKey(tokens, bearer ?? apiKey);
    if (identity) return identity;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw unauthorized();
}

async function send(
  server: RealtimeServer,
  identity: Identity,
  messages: OutgoingMessage[],
): Promise<void> {
  if (!server.rates.messages.take(messages.length)) {
    const message = server.rates.messages.exhausted
      ? 'You have exceeded your rate limit'
      : 'Too many messages to broadcast, please reduce the batch size';
    throw new HttpRefusal(429, { message });
  }
  const writable = new Map<string, boolean>();
  for (const { topic, private: isPrivate, publication } of messages) {
    if (isPrivate && !writable.has(topic)) {
      writable.set(topic, await mayWrite(server, identity, topic));
    }
    // As on hosted nobody is told that a message was not allowed.
    if (isPrivate && !writable.get(topic)) continue;
    server.hub.find(topic, isPrivate)?.publish(publication, 'broadcast');
  }
}

async function mayWrite(server: RealtimeServer, identity: Identity, topic: string) {
  try {
    const warn = (message: string) => server.log.warn(`policy, ${topic}: ${message}`);
    const access = await checkAccess(server.sql, identity, topic, 'write', {}, warn);
    return access.broadcast;
  } catch (error) {
    if (error instanceof Refusal) throw new HttpRefusal(503, { message: error.message });
    throw error;
  }
}

async function readSingle(
  server: RealtimeServer,
  request: Request,
  url: URL,
  topic: string,
  event: string,
): Promise<OutgoingMessage> {
  const type = request.headers.get('content-type') ?? 'application/json';
  const isBinary = type.startsWith('application/octet-stream');
  if (!isBinary && !type.startsWith('application/json')) {
    throw new HttpRefusal(415, {
      error: 'Unsupported Media Type. Use application/json or application/octet-stream',
    });
  }
  const payload = await readBody(request, server.limits.payloadBytes);
  if (!payload) throw invalid({ payload: ['Payload size exceeds tenant limit'] });
  if (!isBinary) parseJson(payload);
  const broadcast: Broadcast = { event, encoding: isBinary ? 'binary' : 'json', payload };
  return {
    topic,
    private: url.searchParams.get('private') === 'true',
    publication: { encode: (vsn) => encodeBroadcast(vsn, `realtime:${topic}`, broadcast) },
  };
}

const blank = "can't be blank";
const textSchema = z
  .string({ error: (issue) => (issue.input == null ? blank : 'is invalid') })
  .min(1, blank);
const messageSchema = z.object({
  topic: textSchema,
  event: textSchema,
  payload: z.record(z.string(), z.unknown(), {
    error: (issue) => (issue.input == null ? blank : 'is invalid'),
  }),
  private: z.boolean('is invalid').nullish(),
});
const batchSchema = z.object({ messages: z.array(z.unknown()) });

async function readBatch(server: RealtimeServer, request: Request): Promise<OutgoingMessage[]> {
  const { payloadBytes, frameBytes } = server.limits;
  const body = await readBody(request, frameBytes);
  if (!body) throw invalid({ messages: ['Payload size exceeds tenant limit'] });
  const json = parseJson(body);
  const { data: batch } = batchSchema.safeParse(json);
  if (!batch || batch.messages.length === 0) {
    const isWrong = batchSchema.keyof().safeParse(Object.keys(json ?? {})[0]).success && !batch;
    throw invalid({ messages: [isWrong ? 'is invalid' : blank] });
  }
  const results = batch.messages.map((message) => checkMessage(message, payloadBytes));
  if (results.some(({ errors }) => errors !== null)) {
    throw invalid({ messages: results.map(({ errors }) => errors ?? {}) });
  }
  return results.flatMap(({ message }) => (message ? [outgoing(message)] : []));
}

function checkMessage(input: unknown, payloadBytes: number) {
  const { data: message, error } = messageSchema.safeParse(input);
  if (error) return { message: null, errors: z.flattenError(error).fieldErrors };
  const isTooLarge = Buffer.byteLength(JSON.stringify(message.payload)) > payloadBytes;
  const errors = isTooLarge ? { payload: ['Payload size exceeds tenant limit'] } : null;
  return { message, errors };
}

function outgoing(message: z.infer<typeof messageSchema>): OutgoingMessage {
  const { topic, event, payload } = message;
  const told: Payload = { type: 'broadcast', event, payload };
  const wireName = `realtime:${topic}`;
  return {
    topic,
    private: message.private ?? false,
    publication: {
      encode: (vsn) => encode(vsn, { topic: wireName, event: 'broadcast', payload: told }),
    },
  };
}

function invalid(errors: unknown): HttpRefusal {
  return new HttpRefusal(422, { errors });
}

/** Null when the body is larger than that; no more than that is ever held. */
async function readBody(request: Request, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new HttpRefusal(400, { error: 'Bad request' });
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpRefusal(400, { error: 'Bad request' });
  }
}
