import { createRequire } from 'node:module';
import type serializerModule from '@supabase/realtime-js/dist/main/lib/serializer.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode, encodeBroadcast, MalformedFrame } from '../../local/realtime/protocol.ts';
import { eventually, startRealtime, type TestRealtime } from './realtime-fixture.ts';

let realtime: TestRealtime;
beforeAll(async () => {
  realtime = await startRealtime();
}, 120_000);
afterAll(() => realtime?.stop());

/** A plain socket, what came in as text and as bytes, and how it was closed. */
async function open(query: Record<string, string> = {}) {
  const socket = await realtime.socket(query);
  const frames: unknown[] = [];
  const state: { code?: number } = {};
  socket.on('message', (data: Buffer, isBinary) =>
    frames.push(isBinary ? data : JSON.parse(data.toString())),
  );
  socket.on('close', (code) => {
    state.code = code;
  });
  const say = (...messages: unknown[]) => {
    for (const message of messages) {
      socket.send(message instanceof Buffer ? message : JSON.stringify(message));
    }
  };
  const hear = (count: number) => eventually(() => frames.length >= count && frames, 'frames');
  return { socket, frames, state, say, hear };
}

const noPresence = { presence: { enabled: false } };
const ok = { status: 'ok', response: {} };
const joined = { status: 'ok', response: { postgres_changes: [] } };
const unmatched = { status: 'error', response: { reason: 'unmatched topic' } };
const name = 'realtime:wire';

describe('frames on the wire', () => {
  it('are arrays in version 2.0.0', async () => {
    const { frames, say, hear } = await open();
    say([null, 'h', 'phoenix', 'heartbeat', {}]);
    await hear(1);
    say([null, '0', 'elsewhere', 'phx_join', {}]);
    await hear(2);
    say(['1', '1', name, 'phx_join', { config: { presence: { enabled: true, key: 'k' } } }]);
    await hear(4);
    say(['1', '2', name, 'presence', { event: 'TRACK', payload: { n: 1 } }]);
    await hear(6);
    say(['1', '3', name, 'phx_leave', {}]);
    await hear(8);
    say(['1', '4', name, 'phx_leave', {}], ['1', '5', name, 'broadcast', {}]);
    await hear(10);
    const joins = { k: { metas: [{ n: 1, phx_ref: expect.any(String) }] } };
    expect(frames).toEqual([
      [null, 'h', 'phoenix', 'phx_reply', ok],
      [null, '0', 'elsewhere', 'phx_reply', unmatched],
      ['1', '1', name, 'phx_reply', joined],
      ['1', null, name, 'presence_state', {}],
      ['1', '2', name, 'phx_reply', ok],
      [null, null, name, 'presence_diff', { joins, leaves: {} }],
      ['1', '3', name, 'phx_reply', ok],
      ['1', '1', name, 'phx_close', {}],
      ['1', '4', name, 'phx_reply', ok],
      ['1', '5', name, 'phx_reply', unmatched],
    ]);
  });

  it('are objects in version 1.0.0', async () => {
    const { frames, say, hear } = await open({ vsn: '1.0.0' });
    const config = { config: { ...noPresence, broadcast: { self: true, ack: true } } };
    say({ topic: name, event: 'phx_join', payload: config, ref: '1', join_ref: '1' });
    await hear(1);
    const payload = { type: 'broadcast', event: 'e', payload: { n: 1 } };
    say({ topic: name, event: 'broadcast', payload, ref: '2', join_ref: '1' });
    await hear(3);
    expect(frames).toEqual([
      { topic: name, event: 'phx_reply', payload: joined, ref: '1' },
      { topic: name, event: 'broadcast', payload, ref: null },
      { topic: name, event: 'phx_reply', payload: ok, ref: '2' },
    ]);
  });

  it('of a broadcast are bytes in version 2.0.0, with lengths of one byte each', async () => {
    const { frames, say, hear } = await open();
    say(['1', '1', name, 'phx_join', { config: { ...noPresence, broadcast: { self: true } } }]);
    await hear(1);
    const push = [3, 1, 1, name.length, 1, 0, 1];
    say(Buffer.concat([Buffer.from(push), Buffer.from(`12${name}e{"n":1}`)]));
    await hear(2);
    const expected = [4, name.length, 1, 0, 1];
    expect(frames[1]).toEqual(
      Buffer.concat([Buffer.from(expected), Buffer.from(`${name}e{"n":1}`)]),
    );
  });

  it('close the earlier of two joins of one topic', async () => {
    const { frames, say, hear } = await open();
    say(['1', '1', name, 'phx_join', {}]);
    await hear(2);
    say(['2', '2', name, 'phx_join', { config: noPresence }]);
    await hear(4);
    expect(frames.slice(2)).toEqual([
      ['1', '1', name, 'phx_close', {}],
      ['2', '2', name, 'phx_reply', joined],
    ]);
  });
});

describe("the client's own serializer", () => {
  const require = createRequire(import.meta.url);
  const path = '@supabase/realtime-js/dist/main/lib/serializer.js';
  const { default: Serializer }: typeof serializerModule = require(path);
  const serializer = new Serializer();
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });

  it('writes what the server reads', () => {
    fc.assert(
      fc.property(text, text, text, fc.jsonValue(), (topic, event, ref, payload) => {
        const message = { topic, event: 'broadcast', ref, join_ref: ref };
        serializer.encode({ ...message, payload: { event, payload } }, (frame) => {
          const isText = typeof frame === 'string';
          const read = decode('2.0.0', isText ? Buffer.from(frame) : Buffer.from(frame), !isText);
          expect(read).toMatchObject({ topic, ref: ref || null, broadcast: { event } });
          const sent = JSON.parse(JSON.stringify(payload ?? {}));
          expect(JSON.parse(String(read.broadcast?.payload))).toEqual(sent);
        });
      }),
    );
  });

  it('reads what the server writes, also when a field is too long for a binary frame', () => {
    const longer = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(longer, longer, fc.jsonValue(), (topic, event, payload) => {
        const bytes = Buffer.from(JSON.stringify(payload));
        const meta = { id: 'x' };
        const broadcast = { event, encoding: 'json', payload: bytes, meta } as const;
        const frame = encodeBroadcast('2.0.0', topic, broadcast);
        const raw = typeof frame === 'string' ? frame : Uint8Array.from(frame ?? []).buffer;
        serializer.decode(raw, (read: unknown) => {
          const sent = JSON.parse(JSON.stringify(payload));
          expect(read).toMatchObject({ topic, payload: { event, payload: sent, meta } });
        });
      }),
    );
  });
});

describe('malformed frames', () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from([3, ...bytes])),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.json(),
    fc
      .tuple(
        fc.option(fc.string()),
        fc.option(fc.string()),
        fc.constantFrom(name, 'realtime:', 'phoenix', ''),
        fc.constantFrom('phx_join', 'phx_leave', 'broadcast', 'presence', 'access_token', 'x'),
        fc.anything({ withNullPrototype: false }),
      )
      .map((parts) => JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? 0 : value))),
    fc.jsonValue().map((config) => JSON.stringify(['1', '1', name, 'phx_join', { config }])),
    fc
      .jsonValue()
      .map((postgres_changes) =>
        JSON.stringify(['1', '1', name, 'phx_join', { config: { postgres_changes } }]),
      ),
    fc.jsonValue().map((payload) => JSON.stringify(['1', '2', name, 'presence', payload])),
  );

  it('are told from sound ones without any other error', () => {
    fc.assert(
      fc.property(frame, fc.constantFrom('1.0.0', '2.0.0'), (data, vsn) => {
        try {
          decode(vsn, Buffer.from(data), typeof data !== 'string');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrame);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('close only the connection they come from', async () => {
    const bystander = await open();
    bystander.say(['1', '1', name, 'phx_join', { config: { broadcast: { ack: true } } }]);
    await bystander.hear(2);
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 10 }), async (data) => {
        const { socket, state } = await open();
        for (const each of data) socket.send(each);
        // Either it is closed for what it sent, or it still answers.
        const answered = new Promise<boolean>((resolve) => {
          socket.on('message', (text) => {
            if (String(text).includes('"last"')) resolve(true);
          });
          socket.on('close', () => resolve(false));
        });
        socket.send(JSON.stringify([null, 'last', 'phoenix', 'heartbeat', {}]));
        if (!(await answered)) expect([1003, 1007]).toContain(state.code);
        socket.terminate();
      }),
      { numRuns: 150 },
    );
    const heard = bystander.frames.length;
    bystander.say(['1', 'ack', name, 'broadcast', { event: 'e', payload: {} }]);
    await eventually(() => bystander.frames.length > heard, 'acknowledgement');
    expect(bystander.frames).toContainEqual(['1', 'ack', name, 'phx_reply', ok]);
    expect(bystander.state.code).toBeUndefined();
  });
});
