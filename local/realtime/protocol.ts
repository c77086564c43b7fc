/**
 * Phoenix' channel protocol as realtime-js speaks it: version 1.0.0 sends JSON objects, version
 * 2.0.0 JSON arrays, and its broadcasts travel in binary frames.
 */
import { z } from 'zod';

export type Vsn = '1.0.0' | '2.0.0';
export const vsnSchema = z.enum(['1.0.0', '2.0.0']);

const textSchema = z.string().max(1_000);
const refSchema = textSchema.nullish().transform((ref) => ref ?? null);
const payloadSchema = z.record(z.string(), z.unknown());
export type Payload = z.infer<typeof payloadSchema>;

const objectFrameSchema = z.object({
  topic: textSchema,
  event: textSchema,
  payload: payloadSchema.catch({}),
  ref: refSchema,
  join_ref: refSchema,
});
const arrayFrameSchema = z
  .tuple([refSchema, refSchema, textSchema, textSchema, payloadSchema.catch({})])
  .rest(z.unknown());

/** A broadcast of a user, its payload as the bytes it came in or has to leave in. */
export interface Broadcast {
  readonly event: string;
  readonly encoding: 'json' | 'binary';
  readonly payload: Buffer;
  readonly meta?: Payload;
}

export interface ClientMessage {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  /** Set when the message is a broadcast that came in a binary frame. */
  readonly broadcast?: Broadcast;
}

export interface ServerMessage {
  readonly joinRef?: string | null;
  readonly ref?: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
}

export class MalformedFrame extends Error {}

const kind = { userBroadcastPush: 3, userBroadcast: 4 };
const longestField = 255;

/** Throws MalformedFrame. */
export function decode(vsn: Vsn, data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary) {
    if (vsn === '1.0.0') throw new MalformedFrame('binary frame in protocol 1.0.0');
    return decodeBroadcastPush(data);
  }
  const json = parseJson(data.toString());
  if (vsn === '1.0.0') {
    const { data: frame } = objectFrameSchema.safeParse(json);
    if (!frame) throw new MalformedFrame('not a message of protocol 1.0.0');
    const { join_ref: joinRef, ...rest } = frame;
    return { joinRef, ...rest };
  }
  const { data: frame } = arrayFrameSchema.safeParse(json);
  if (!frame) throw new MalformedFrame('not a message of protocol 2.0.0');
  const [joinRef, ref, topic, event, payload] = frame;
  return { joinRef, ref, topic, event, payload };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame('not JSON');
  }
}

function decodeBroadcastPush(data: Buffer): ClientMessage {
  if (data.length < 7 || data[0] !== kind.userBroadcastPush) {
    throw new MalformedFrame('unknown kind of binary frame');
  }
  let offset = 7;
  const fields = [...data.subarray(1, 6)].map((length) => {
    const field = data.subarray(offset, offset + length);
    if (field.length < length) throw new MalformedFrame('binary frame is too short');
    offset += length;
    return field.toString();
  });
  const [joinRef = '', ref = '', topic = '', event = '', meta = ''] = fields;
  const encoding = data[6] === 1 ? 'json' : 'binary';
  const payload = data.subarray(offset);
  // Other clients would choke on it, so what is said to be JSON has to be JSON.
  if (encoding === 'json') parseJson(payload.toString());
  if (meta !== '') parseJson(meta);
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: 'broadcast',
    payload: {},
    broadcast: { event, encoding, payload },
  };
}

export function encode(vsn: Vsn, message: ServerMessage): string {
  const { joinRef = null, ref = null, topic, event, payload } = message;
  return vsn === '1.0.0'
    ? JSON.stringify({ ref, topic, event, payload })
    : JSON.stringify([joinRef, ref, topic, event, payload]);
}

/** Null when the broadcast can't be told in this version: bytes have no form in 1.0.0. */
export function encodeBroadcast(vsn: Vsn, topic: string, broadcast: Broadcast) {
  if (vsn === '2.0.0') {
    const frame = encodeUserBroadcast(topic, broadcast);
    if (frame) return frame;
  }
  if (broadcast.encoding === 'binary') return null;
  // The payload is JSON already: it is put in its place unread.
  const meta = broadcast.meta ? `,"meta":${JSON.stringify(broadcast.meta)}` : '';
  const event = JSON.stringify(broadcast.event);
  const payload = `{"type":"broadcast","event":${event},"payload":${broadcast.payload}${meta}}`;
  const name = JSON.stringify(topic);
  return vsn === '1.0.0'
    ? `{"ref":null,"topic":${name},"event":"broadcast","payload":${payload}}`
    : `[null,null,${name},"broadcast",${payload}]`;
}

/** Null when a field is longer than its length, one byte, can say. */
function encodeUserBroadcast(topic: string, { event, encoding, payload, meta }: Broadcast) {
  const fields = [topic, event, meta ? JSON.stringify(meta) : ''].map((text) => Buffer.from(text));
  if (fields.some((field) => field.length > longestField)) return null;
  const lengths = fields.map((field) => field.length);
  const header = Buffer.from([kind.userBroadcast, ...lengths, encoding === 'json' ? 1 : 0]);
  return Buffer.concat([header, ...fields, payload]);
}
