import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  chooseLanguage,
  composeSignInMessage,
  countSegments,
} from '../../../functions/otp/sign-in-messages.ts';
import { type Booking, type BookingHistory, eachChange, eachItem } from '../../../types/index.ts';
import { stackClock } from '../../helpers/clock.ts';
import { bookSoon, follow, ownerPhone, type Person, person, soon } from '../../helpers/people.ts';
import { newPhone } from '../../helpers/stack.ts';

const gomtiNagar = { lat: 26.8547, lng: 81.0044 };
const home = { address: '12 Vipin Khand, Gomti Nagar', city: 'Lucknow', ...gomtiNagar };
const live = { timeout: 5000, interval: 20 };

let customer: Person;
let owner: Person;
let stranger: Person;

beforeAll(async () => {
  customer = await person(newPhone(), { market: 'localpro', display_name: 'Priya' });
  owner = await person(ownerPhone);
  stranger = await person();
});
afterAll(async () => {
  for (const somebody of [customer, owner, stranger]) await somebody[Symbol.asyncDispose]();
});

const search = () =>
  customer.karigar.rpc.searchProviders({
    market: 'localpro',
    query: 'plumer',
    ...gomtiNagar,
    radius_km: 10,
  });

async function firstService(providerId: string): Promise<string> {
  const { data } = await customer.karigar.supabase
    .from('services')
    .select('id')
    .eq('provider_id', providerId)
    .order('duration_minutes')
    .limit(1)
    .single()
    .throwOnError();
  return data.id;
}

async function book(): Promise<Booking> {
  const { items } = await search();
  const provider_id = items[0]?.provider_id ?? '';
  const service = await firstService(provider_id);
  return bookSoon(customer, { provider_id, service_ids: [service], location: home });
}

const move = (booking: Booking, to_status: Booking['status']) =>
  owner.karigar.rpc.transitionBooking({ booking_id: booking.id, to_status });

describe('D1, K1 from search to booking', () => {
  it('finds the plumber near Gomti Nagar in spite of a typing error', async () => {
    const { items } = await search();
    expect(items[0]).toMatchObject({ slug: 'master-plumber-services', is_verified: true });
    expect(items[0]?.distance_km).toBeLessThan(2);
    const all: string[] = [];
    const everything = { market: 'localpro', page_size: 3 };
    for await (const { slug } of eachItem(customer.karigar.rpc.searchProviders, everything)) {
      all.push(slug);
    }
    expect(all.length).toBeGreaterThan(9);
    expect(new Set(all).size).toBe(all.length);
  });

  it('books once, however often the request is repeated', async () => {
    const booking = await book();
    expect(booking).toMatchObject({ status: 'requested', customer_id: customer.userId });
    expect(booking.number).toMatch(/^BK-\d{4}-\d{6}$/);
    const request = {
      provider_id: booking.provider_id,
      service_ids: booking.services.map(({ service_id }) => service_id),
      starts_at: booking.starts_at,
      location: home,
    };
    const again = stranger.karigar.rpc.requestBooking(request);
    await expect(again).rejects.toMatchObject({ reason: 'slot_taken', status: 409 });

    const later = { ...request, starts_at: soon(), idempotency_key: crypto.randomUUID() };
    const [first, second] = await Promise.allSettled([
      customer.karigar.rpc.requestBooking(later),
      customer.karigar.rpc.requestBooking(later),
    ]);
    expect(second).toEqual(first);

    const page = await owner.karigar.rpc.listBookings({ role: 'provider', status: ['requested'] });
    expect(page.items.map(({ id }) => id)).toContain(booking.id);
    expect((await stranger.karigar.rpc.listBookings()).items).toEqual([]);
    const foreign = stranger.karigar.rpc.getBooking({ booking_id: booking.id });
    await expect(foreign).rejects.toMatchObject({ reason: 'booking_not_found', status: 404 });
  });

  it('says in the words of the catalogue what is not allowed', async () => {
    const booking = await book();
    await expect(move(booking, 'completed')).rejects.toMatchObject({
      reason: 'transition_not_allowed',
      status: 409,
      hint: expect.stringContaining('confirmed'),
    });
    await expect(move(booking, 'declined')).rejects.toMatchObject({ reason: 'reason_required' });
  });
});

describe('K2, K12 watchBooking', () => {
  it('shows every change to both sides as it happens', async () => {
    const booking = await book();
    const watches = [follow(customer, booking.id), follow(owner, booking.id)];
    await vi.waitFor(() => {
      for (const { states } of watches) expect(states).toEqual(['live']);
    }, live);
    await using clock = await stackClock();
    const moves = ['confirmed', 'en_route', 'arrived', 'in_progress', 'completed'] as const;
    for (const to of moves) {
      if (to === 'en_route') await clock.letPass(booking.id);
      await move(booking, to);
      await vi.waitFor(() => {
        for (const { statuses } of watches) expect(statuses().at(-1)).toBe(to);
      }, live);
    }
    for (const { statuses, errors, changes, stop } of watches) {
      expect(statuses()).toEqual(['requested', ...moves]);
      expect(changes.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(errors).toEqual([]);
      stop();
    }
    const history: BookingHistory = [];
    const pages = { booking_id: booking.id, page_size: 4 };
    for await (const change of eachChange(customer.karigar.rpc.bookingHistory, pages)) {
      history.push(change);
    }
    expect(watches[0]?.changes).toEqual(history.map(({ metadata: _, ...change }) => change));
  });

  it('makes up for what happened while the connection was cut', async () => {
    const booking = await book();
    const { statuses, states, stop } = follow(customer, booking.id);
    await vi.waitFor(() => expect(states).toEqual(['live']), live);

    customer.cutConnection();
    await move(booking, 'confirmed');
    await using clock = await stackClock();
    await clock.letPass(booking.id);
    for (const to of ['en_route', 'arrived'] as const) await move(booking, to);
    await vi.waitFor(
      () => expect(statuses()).toEqual(['requested', 'confirmed', 'en_route', 'arrived']),
      { ...live, timeout: 10_000 },
    );
    expect(states.slice(0, 2)).toEqual(['live', 'reconnecting']);

    await vi.waitFor(() => expect(states.at(-1)).toBe('live'), { ...live, timeout: 10_000 });
    await move(booking, 'in_progress');
    await vi.waitFor(() => expect(statuses().at(-1)).toBe('in_progress'), live);
    expect(statuses()).toHaveLength(5);
    stop();
  });

  it('goes on through a new token, and begins after a known change', async () => {
    const booking = await book();
    const [first] = await owner.karigar.rpc.bookingHistory({ booking_id: booking.id });
    const { statuses, states, errors, stop } = follow(owner, booking.id, first?.history_id);
    await vi.waitFor(() => expect(states).toEqual(['live']), live);
    const refreshed = await owner.karigar.supabase.auth.refreshSession();
    expect(refreshed.error).toBeNull();
    await move(booking, 'confirmed');
    await vi.waitFor(() => expect(statuses()).toEqual(['confirmed']), live);
    expect(errors).toEqual([]);
    stop();
  });

  it('shares a topic between watches, and lets it be joined again', async () => {
    const booking = await book();
    const one = follow(customer, booking.id);
    const two = follow(customer, booking.id);
    const requested = [['requested'], ['requested']];
    await vi.waitFor(() => expect([one.statuses(), two.statuses()]).toEqual(requested), live);
    one.stop();
    two.stop();
    const three = follow(customer, booking.id);
    await vi.waitFor(() => expect(three.states).toEqual(['live']), live);
    await move(booking, 'confirmed');
    await vi.waitFor(() => expect(three.statuses()).toEqual(['requested', 'confirmed']), live);
    expect([one.statuses(), two.statuses()]).toEqual(requested);
    three.stop();
  });

  it('tells a stranger that there is nothing to see, and the topic refuses them', async () => {
    const booking = await book();
    const { errors, statuses, stop } = follow(stranger, booking.id);
    await vi.waitFor(
      () => expect(errors.map(({ reason }) => reason)).toEqual(['booking_not_found']),
      live,
    );
    stop();

    const topic = stranger.karigar.supabase.channel(`booking:${booking.id}`, {
      config: { private: true },
    });
    const heard: unknown[] = [];
    const [status, error] = await new Promise<[string, Error | undefined]>((resolve) => {
      topic
        .on('broadcast', { event: '*' }, (message) => heard.push(message))
        .subscribe((...[status, refusal]) => resolve([status, refusal]));
    });
    expect(status).toBe('CHANNEL_ERROR');
    expect(error?.message).toContain('Unauthorized');
    await move(booking, 'confirmed');
    expect([statuses(), heard]).toEqual([[], []]);
  });
});

describe('the backend through the SDK', () => {
  it('reaches the functions', async () => {
    const response = await customer.karigar.functions.otp.health.$get();
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('sends codes that are one SMS in every language of every market', async () => {
    const { data: markets } = await customer.karigar.supabase
      .from('markets')
      .select('id, names, languages')
      .throwOnError();
    expect(markets).toHaveLength(5);
    for (const { id, names, languages } of markets) {
      for (const language of languages) {
        expect(chooseLanguage(language), `${id}: no message in ${language}`).toBe(language);
        const name = typeof names === 'object' && names && !Array.isArray(names) && names[language];
        const text = composeSignInMessage(chooseLanguage(language), String(name), '123456');
        expect(countSegments(text), text).toBe(1);
      }
    }
  });
});
