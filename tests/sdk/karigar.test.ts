import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createApp } from '../../functions/otp/app.ts';
import {
  type Booking,
  createKarigar,
  eachChange,
  eachItem,
  isKarigarError,
  KarigarError,
  type Tables,
} from '../../types/index.ts';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A client whose server always gives one answer. */
function clientOf(status: number, body: unknown) {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json(body, { status }));
  const karigar = createKarigar({
    url: 'http://127.0.0.1:1',
    key: 'sb_publishable_test',
    realtime: { transport: WebSocket },
    auth: { persistSession: false },
    fetch,
  });
  return { karigar, fetch };
}

async function failureOf(call: Promise<unknown>): Promise<KarigarError> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isKarigarError(error)) throw new Error(`no KarigarError: ${error}`);
  return error;
}

describe('errors', () => {
  it('carry the reason, status, message and hint of the database', async () => {
    const body = {
      code: 'PT409',
      message: 'That time is already booked.',
      details: 'slot_taken',
      hint: 'Choose another time.',
    };
    const { karigar } = clientOf(409, body);
    const error = await failureOf(karigar.rpc.getBooking({ booking_id: id }));
    expect(error).toMatchObject({
      name: 'KarigarError',
      status: 409,
      code: 'PT409',
      reason: 'slot_taken',
      message: 'That time is already booked.',
      hint: 'Choose another time.',
    });
    expect(isKarigarError(error, 'slot_taken')).toBe(true);
    expect(isKarigarError(error, 'internal_error')).toBe(false);
  });

  it.each([
    [401, { code: 'PGRST303', message: 'JWT expired', details: null, hint: null }, 'not_signed_in'],
    [401, { message: 'Invalid API key', hint: 'Double check it' }, 'api_key_refused'],
    [400, { code: '22P05', message: 'no', details: '', hint: null }, 'invalid_arguments'],
    [400, { code: '22021', message: 'no', details: null, hint: null }, 'invalid_arguments'],
    [403, { code: '42501', message: 'denied', details: null, hint: null }, 'permission_denied'],
    [404, { code: 'PGRST202', message: 'no', details: null, hint: null }, 'unexpected_error'],
    [409, { code: 'PT409', message: 'new', details: 'new_reason', hint: null }, 'new_reason'],
    [500, '<html>', 'unexpected_error'],
  ])('of status %i with %j have a reason', async (status, body, reason) => {
    const { karigar } = clientOf(status, body);
    const error = await failureOf(karigar.rpc.getBooking({ booking_id: id }));
    expect(error).toMatchObject({ status, reason });
  });

  it('say when the server is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const karigar = createKarigar({
      url: `http://127.0.0.1:${port}`,
      key: 'sb_publishable_test',
      realtime: { transport: WebSocket },
      auth: { persistSession: false },
    });
    const call = karigar.rpc.transitionBooking({ booking_id: id, to_status: 'confirmed' });
    expect(await failureOf(call)).toMatchObject({ reason: 'connection_failed', status: 503 });
    const health = karigar.functions.otp.health.$get();
    expect(await failureOf(health)).toMatchObject({ reason: 'connection_failed' });
  });

  it('come before the network for wrong arguments, with the reason of the database', async () => {
    const { karigar, fetch } = clientOf(200, {});
    const error = await failureOf(karigar.rpc.getBooking({ booking_id: 'BK-2026-000123' }));
    expect(error).toMatchObject({ reason: 'invalid_booking_id', status: 400, code: 'PT400' });
    // @ts-expect-error the key is misspelled
    const misspelled = karigar.rpc.listBookings({ roles: 'provider' });
    expect(await failureOf(misspelled)).toMatchObject({ reason: 'invalid_arguments' });
    expect(fetch).not.toHaveBeenCalled();
  });

  it('say when the server answers something else than it should', async () => {
    const { karigar } = clientOf(200, { id: 7 });
    const error = await failureOf(karigar.rpc.getBooking({ booking_id: id }));
    expect(error.reason).toBe('invalid_response');
  });
});

describe('createKarigar', () => {
  it('says what Node 20 lacks', () => {
    vi.stubGlobal('WebSocket', undefined);
    try {
      createKarigar({ url: 'http://127.0.0.1:1', key: 'sb_publishable_test' });
      expect.unreachable();
    } catch (error) {
      expect(isKarigarError(error, 'realtime_transport_missing')).toBe(true);
      expect(error).toHaveProperty('hint', expect.stringContaining('ws'));
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('leaves out arguments that are undefined', async () => {
    const { karigar, fetch } = clientOf(200, { items: [], next_cursor: null });
    await karigar.rpc.listBookings({ role: 'provider', cursor: undefined });
    const [, init] = fetch.mock.lastCall ?? [];
    expect(init).toMatchObject({ method: 'POST', body: '{"role":"provider"}' });
  });

  it('knows the types of tables, functions and routes', () => {
    const { karigar } = clientOf(200, {});
    expectTypeOf(karigar.rpc.getBooking).returns.resolves.toEqualTypeOf<Booking>();
    expectTypeOf<Tables<'markets'>['country']>().toEqualTypeOf<string>();
    expectTypeOf(karigar.functions.otp.health.$get).toBeFunction();
  });
});

describe('functions', () => {
  it('are called by the routes of their app', async () => {
    vi.spyOn(console, 'info').mockImplementation(() => {});
    const app = createApp({});
    const seen: Request[] = [];
    const karigar = createKarigar({
      url: 'http://127.0.0.1:1',
      key: 'sb_publishable_test',
      realtime: { transport: WebSocket },
      auth: { persistSession: false },
      fetch: async (input, init) => {
        const request = new Request(input, init);
        seen.push(request);
        const url = new URL(request.url);
        return app.request(url.pathname.replace('/functions/v1', ''), request);
      },
    });
    const response = await karigar.functions.otp.health.$get();
    expect(await response.json()).toEqual({ status: 'ok' });
    expect(seen[0]?.headers.get('apikey')).toBe('sb_publishable_test');
    vi.restoreAllMocks();
  });

  it('throw what they refuse', async () => {
    const body = { code: 'PT404', message: 'There is …', details: 'route_not_found', hint: null };
    const { karigar } = clientOf(404, body);
    const error = await failureOf(karigar.functions.otp.health.$get());
    expect(error).toMatchObject({ reason: 'route_not_found', status: 404 });
  });
});

describe('eachItem', () => {
  it('walks through all pages, and no further than it is asked', async () => {
    const list = vi.fn(async ({ cursor = '0' }: { cursor?: string | undefined }) => {
      const start = Number(cursor);
      const items = [start, start + 1];
      return { items, next_cursor: start + 2 < 6 ? String(start + 2) : null };
    });
    const all: number[] = [];
    for await (const item of eachItem(list, {})) all.push(item);
    expect(all).toEqual([0, 1, 2, 3, 4, 5]);
    expect(list).toHaveBeenCalledTimes(3);

    list.mockClear();
    for await (const item of eachItem(list, {})) if (item === 1) break;
    expect(list).toHaveBeenCalledTimes(1);
  });

  it('ends with the error of a page', async () => {
    const list = async () => {
      throw new KarigarError('connection_failed');
    };
    const walk = async () => {
      for await (const _ of eachItem(list, {})) expect.unreachable();
    };
    expect(await failureOf(walk())).toMatchObject({ reason: 'connection_failed' });
  });
});

describe('eachChange', () => {
  it('walks through all pages of a history, from where it is told to', async () => {
    const list = vi.fn(async ({ after = '0' }: { after?: string | undefined; page_size: number }) =>
      [1, 2]
        .map((step) => ({ history_id: String(Number(after) + step) }))
        .filter(({ history_id }) => Number(history_id) <= 5),
    );
    const all: string[] = [];
    for await (const { history_id } of eachChange(list, { page_size: 2 })) all.push(history_id);
    expect(all).toEqual(['1', '2', '3', '4', '5']);
    expect(list.mock.calls.every(([{ page_size }]) => page_size === 2)).toBe(true);

    list.mockClear();
    for await (const _ of eachChange(list, { after: '3', page_size: 2 })) break;
    expect(list.mock.calls).toEqual([[{ after: '3', page_size: 2 }]]);
  });
});
