import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BookingChange } from '../../types/bookings.ts';
import { KarigarError } from '../../types/karigar-error.ts';
import type { TopicListener } from '../../types/topics.ts';
import { type WatchOptions, watchBooking } from '../../types/watch-booking.ts';

const bookingId = '01890a5d-ac96-774b-bcce-b302099a8057';
const statuses = ['requested', 'confirmed', 'en_route', 'arrived', 'in_progress'] as const;

function change(position: number): BookingChange {
  return {
    history_id: `01890a5d-ac96-774b-bcce-${String(position).padStart(12, '0')}`,
    position,
    from_status: position === 1 ? null : 'requested',
    to_status: statuses[position % statuses.length] ?? 'requested',
    actor: 'provider',
    reason: null,
    at: '2026-01-31T09:30:00+00:00',
  };
}

/** A server in miniature: the table of changes, and a topic that may or may not deliver. */
function world(options: WatchOptions = {}) {
  const table: BookingChange[] = [];
  const delivered: number[] = [];
  const topic: { listener: TopicListener | null } = { listener: null };
  const server = { failures: 0, error: new KarigarError('connection_failed'), pageSize: 2 };
  const history = vi.fn(async (_: string, after: string | undefined) => {
    if (server.failures-- > 0) throw server.error;
    const from = table.findIndex(({ history_id }) => history_id === after) + 1;
    return table.slice(from, from + server.pageSize);
  });
  const topics = {
    listen: (_topic: string, _event: string, listener: TopicListener) => {
      topic.listener = listener;
      return () => {
        topic.listener = null;
      };
    },
  };
  const watch = watchBooking(
    { topics, history },
    bookingId,
    ({ position }) => delivered.push(position),
    options,
  );
  return {
    table,
    delivered,
    server,
    history,
    watch,
    commit: () => table.push(change(table.length + 1)),
    listener: () => topic.listener,
    message: (position: number) =>
      topic.listener?.onMessage(change(position), 'booking_status_changed'),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('watchBooking', () => {
  it('begins with the history, then delivers live without asking again', async () => {
    const { commit, delivered, listener, message, history } = world();
    commit();
    commit();
    commit();
    listener()?.onJoin();
    await settle();
    expect(delivered).toEqual([1, 2, 3]);
    const asked = history.mock.calls.length;
    commit();
    message(4);
    expect(delivered).toEqual([1, 2, 3, 4]);
    expect(history.mock.calls.length).toBe(asked);
  });

  it('delivers only what comes after a given change', async () => {
    const { commit, delivered, listener } = world({ after: change(2).history_id });
    for (const _ of [1, 2, 3]) commit();
    listener()?.onJoin();
    await settle();
    expect(delivered).toEqual([3]);
  });

  it('fetches what a message shows to be missing, and drops what it has', async () => {
    const { commit, delivered, listener, message } = world();
    listener()?.onJoin();
    await settle();
    for (const _ of [1, 2, 3]) commit();
    message(3);
    message(3);
    message(1);
    await settle();
    expect(delivered).toEqual([1, 2, 3]);
  });

  it('reads the history now and then, because a message can be lost without a trace', async () => {
    const { commit, delivered, listener } = world();
    listener()?.onJoin();
    await settle();
    commit();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delivered).toEqual([1]);
  });

  it('asks again when the server cannot be reached', async () => {
    const { commit, delivered, listener, server } = world();
    server.failures = 2;
    commit();
    listener()?.onJoin();
    await settle();
    expect(delivered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000 + 2000);
    expect(delivered).toEqual([1]);
  });

  it('tells when the connection goes and comes', async () => {
    const states: string[] = [];
    const { listener } = world({ onState: (state) => states.push(state) });
    listener()?.onJoin();
    listener()?.onLost();
    listener()?.onLost();
    listener()?.onJoin();
    await settle();
    expect(states).toEqual(['live', 'reconnecting', 'live']);
  });

  it('ends with the reason why a stranger sees nothing', async () => {
    const errors: KarigarError[] = [];
    const { listener, server, history } = world({ onError: (error) => errors.push(error) });
    server.error = new KarigarError('unexpected_error', { status: 404 });
    server.failures = 1;
    listener()?.onRefused('Unauthorized: …');
    await settle();
    expect(errors).toEqual([server.error]);
    expect(listener()).toBeNull();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(history).toHaveBeenCalledOnce();
  });

  it('forgives a stale token, but not refusal after refusal', async () => {
    const errors: KarigarError[] = [];
    const { listener } = world({ onError: (error) => errors.push(error) });
    listener()?.onRefused('Unauthorized: …');
    listener()?.onRefused('Unauthorized: …');
    listener()?.onJoin();
    listener()?.onRefused('Unauthorized: …');
    listener()?.onRefused('Unauthorized: …');
    await settle();
    expect(errors).toEqual([]);
    listener()?.onRefused('Unauthorized: …');
    await settle();
    expect(errors.map(({ reason }) => reason)).toEqual(['realtime_refused']);
  });

  it('delivers nothing after stop, not even what is on its way', async () => {
    const { commit, delivered, listener, message, watch } = world();
    commit();
    listener()?.onJoin();
    watch.stop();
    watch.stop();
    message(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(delivered).toEqual([]);
  });

  it('delivers each change once and in order, whatever happens on the way', async () => {
    const event = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('message' as const), back: fc.nat(3) }),
      },
      fc.record({ kind: fc.constantFrom('join' as const, 'lost' as const, 'settle' as const) }),
      fc.record({ kind: fc.constant('failures' as const), back: fc.nat(2) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const { table, delivered, server, commit, listener, message, watch } = world();
        for (const step of events) {
          if (step.kind === 'commit') commit();
          if (step.kind === 'join') listener()?.onJoin();
          if (step.kind === 'lost') listener()?.onLost();
          if (step.kind === 'settle') await settle();
          if (step.kind === 'failures') server.failures = step.back;
          // Any committed change may be announced, late, twice, or never.
          if (step.kind === 'message' && table.length > step.back) {
            message(table.length - step.back);
          }
        }
        listener()?.onJoin();
        await vi.advanceTimersByTimeAsync(30_000);
        watch.stop();
        expect(delivered).toEqual(table.map(({ position }) => position));
      }),
    );
  });
});
