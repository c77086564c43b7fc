import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Booking,
  type BookingStatus,
  type FoundProvider,
  isKarigarError,
  type Reputation,
} from '../types/index.ts';
import { type Backend, DemoError } from './backend.ts';
import { codePurpose, confirmWithCode, findMove } from './job-code.ts';
import { createPerson, type Person } from './person.ts';
import type { Say, Screen } from './screen.ts';
import type { Script } from './script.ts';
import { createWords, soonTimes, type Words } from './words.ts';

/** Who plays, in what words; each step tells what it found out to the next. */
interface Play {
  readonly script: Script;
  readonly words: Words;
  readonly screen: Screen;
  readonly waitUntil: WaitUntil;
  readonly customer: Person;
  readonly owner: Person;
}

export interface Played {
  readonly bookingId: string;
  readonly conversationId: string;
  readonly before: Reputation;
  readonly after: Reputation;
}

const radiusKm = 10;

/** Lets the time come for the next move of a booking. */
export type WaitUntil = (time: Date, bookingId: string) => Promise<void>;

const patiently: WaitUntil = (time) => sleep(Math.max(0, time.getTime() - Date.now()) + 100);

/** From the sign-in to the review; throws when a step does not hold. */
export async function playJourney(
  backend: Backend,
  script: Script,
  screen: Screen,
  waitUntil: WaitUntil = patiently,
): Promise<Played> {
  const customer = createPerson(backend);
  const owner = createPerson(backend);
  try {
    const { data: market } = await customer.karigar.supabase
      .from('markets')
      .select('id, names, time_zone')
      .eq('id', script.market)
      .single()
      .throwOnError();
    const words = createWords(script, market.time_zone);
    const play = {
      ...{ script, words, screen, customer, owner, waitUntil },
    };
    screen.open(nameIn(market.names, script.language), script.customer.title, script.owner.title);

    screen.chapter(script.chapters.sign_in);
    await signIn(play, customer, script.customer.phone, screen.left);
    await signIn(play, owner, script.owner.phone, screen.right);

    screen.chapter(script.chapters.search);
    const provider = await search(play);
    screen.chapter(script.chapters.business);
    const { before, serviceId, reviewCount } = await look(play, provider);
    screen.chapter(script.chapters.booking);
    const booking = await book(play, provider, serviceId);
    screen.chapter(script.chapters.chat);
    const conversationId = await talk(play, booking);
    screen.chapter(script.chapters.work);
    await work(play, booking);
    screen.chapter(script.chapters.review);
    const after = await review(play, booking, before, reviewCount);
    return { bookingId: booking.id, conversationId, before, after };
  } finally {
    await Promise.all([customer.leave(), owner.leave()]);
  }
}

async function signIn({ words }: Play, person: Person, phone: string, say: Say): Promise<void> {
  await person.signIn(
    phone,
    (text) => say(words.say('sms', { text })),
    (seconds) => say(words.say('wait', { seconds })),
  );
}

async function search({ script, words, screen, customer }: Play): Promise<FoundProvider> {
  const { market, language, query, place, business } = script;
  screen.left(words.say('query', { query, radius: words.distance(radiusKm) }));
  const { items } = await customer.karigar.rpc.searchProviders({
    ...{ market, language, query, lat: place.lat, lng: place.lng },
    ...{ radius_km: radiusKm, page_size: 3 },
  });
  for (const { name, distance_km, rating_average } of items) {
    const rating = rating_average === null ? '–' : words.number(rating_average);
    const distance = words.distance(distance_km ?? 0);
    screen.left(`  ${words.say('found', { name, distance, rating })}`);
  }
  const provider = items.find(({ slug }) => slug === business);
  if (!provider) throw new DemoError(`The search did not find ${business}: is there seed?`);
  return provider;
}

/** What the customer reads before booking: who it is, what it costs, what others say. */
async function look({ script, words, screen, customer }: Play, provider: FoundProvider) {
  const { provider_id } = provider;
  const { rpc, supabase } = customer.karigar;
  const [{ data: services }, before, reviews] = await Promise.all([
    supabase
      .from('services')
      .select('id, names, price_amount, currency')
      .eq('provider_id', provider_id)
      .order('sort_order')
      .throwOnError(),
    rpc.providerReputation({ provider_id }),
    rpc.listReviews({ provider_id, page_size: 1 }),
  ]);
  screen.left(provider.name);
  screen.left(`  ${provider.description ?? ''}`);
  for (const { names, price_amount, currency } of services) {
    const price = price_amount === null ? '…' : words.money(price_amount, currency);
    screen.left(`  ${nameIn(names, script.language)}: ${price}`);
  }
  const count = reviews.rating_count;
  screen.left(words.say('reputation', { score: words.number(before.score), count }));
  for (const { overall, comment } of reviews.items) {
    screen.left(`  ${'★'.repeat(overall)} ${comment ?? ''}`);
  }
  const service = services[0];
  if (!service) throw new DemoError(`${provider.name} offers no service.`);
  return { before, serviceId: service.id, reviewCount: count };
}

/** Takes the first time that is free; both sides follow what becomes of it. */
async function book(play: Play, provider: FoundProvider, serviceId: string): Promise<Booking> {
  const { script, words, screen, customer, owner } = play;
  let booking: Booking | undefined;
  for (const startsAt of soonTimes()) {
    try {
      booking = await customer.karigar.rpc.requestBooking({
        provider_id: provider.provider_id,
        service_ids: [serviceId],
        starts_at: startsAt.toISOString(),
        location: script.place,
        contact_phone: script.customer.phone,
        description: script.task,
        idempotency_key: crypto.randomUUID(),
      });
      break;
    } catch (error) {
      if (!isKarigarError(error, 'slot_taken')) throw error;
      screen.left(words.say('taken', { time: words.time(startsAt) }));
    }
  }
  if (!booking) throw new DemoError(`${provider.name} has no time within the hour.`);
  const { id, number } = booking;
  const time = words.time(new Date(booking.starts_at));
  const price = words.money(booking.total_amount, booking.currency);
  screen.left(words.say('booked', { number, time, price }));

  const { items } = await owner.karigar.rpc.listBookings({ role: 'provider' });
  const received = items.find((item) => item.id === id);
  if (!received) throw new DemoError('The business does not see the booking.');
  const name = received.customer.display_name ?? '';
  screen.right(words.say('received', { number, customer: name }));
  screen.right(`  ${received.description ?? ''}`);

  for (const [person, say] of [
    [customer, screen.left],
    [owner, screen.right],
  ] as const) {
    person.follow(id, ({ to_status }) =>
      say(words.say('status', { status: words.status(to_status) })),
    );
  }
  await bothKnow(play, booking.status);
  return booking;
}

/** Each sees what the other writes before the other writes on. */
async function talk(play: Play, { id }: Booking): Promise<string> {
  const { script, screen, customer, owner } = play;
  const start = { kind: 'booking', booking_id: id } as const;
  const { id: conversation_id } = await customer.karigar.rpc.startConversation(start);
  await owner.karigar.rpc.startConversation(start);
  const titles = new Map<string, string>();
  for (const [person, say, title] of [
    [customer, screen.left, script.customer.title],
    [owner, screen.right, script.owner.title],
  ] as const) {
    const { data } = await person.karigar.supabase.auth.getSession();
    titles.set(data.session?.user.id ?? '', title.split(',')[0] ?? title);
    person.listen(conversation_id, ({ kind, sender, body }) => {
      if (kind === 'text') say(`💬 ${titles.get(sender?.id ?? '')}: ${body}`);
    });
  }
  for (const { from, text } of script.talk) {
    const message = await play[from].karigar.rpc.sendMessage({
      conversation_id,
      client_id: crypto.randomUUID(),
      body: text,
    });
    await bothKnow(play, message.id);
  }
  const { message_count } = await owner.karigar.rpc.listMessages({ conversation_id });
  if (message_count < script.talk.length) throw new DemoError('The conversation is not complete.');
  return conversation_id;
}

async function work(play: Play, booking: Booking): Promise<void> {
  const { script, words, screen, owner } = play;
  for (const to_status of script.moves) {
    const move = await findMove(owner, booking.id, to_status);
    const opensAt = new Date(move.opens_at ?? 0);
    if (opensAt.getTime() > Date.now()) {
      screen.right(words.say('too_early', { time: words.time(opensAt) }));
      await play.waitUntil(opensAt, booking.id);
    }
    const start = performance.now();
    const purpose = codePurpose(move);
    if (purpose) {
      await confirmWithCode(play.customer, owner, booking.id, purpose, (code) =>
        screen.left(words.say(`code_${purpose}`, { code })),
      );
    } else {
      await owner.karigar.rpc.transitionBooking({ booking_id: booking.id, to_status });
    }
    await bothKnow(play, to_status);
    screen.right(`  ${words.say('live', { ms: Math.round(performance.now() - start) })}`);
  }
}

async function review(play: Play, booking: Booking, before: Reputation, reviewCount: number) {
  const { script, words, screen, customer, owner } = play;
  const { provider_id } = booking;
  const written = await customer.karigar.rpc.submitReview({
    ...script.review,
    booking_id: booking.id,
  });
  screen.left(`${'★'.repeat(written.overall)} ${written.comment ?? ''}`);

  const reviews = await owner.karigar.rpc.listReviews({ provider_id });
  const after = await owner.karigar.rpc.providerReputation({ provider_id });
  const isListed = reviews.items.some(({ comment }) => comment === written.comment);
  if (reviews.rating_count <= reviewCount || !isListed) {
    throw new DemoError('The review is not among those of the business.');
  }
  if (JSON.stringify(after.factors) === JSON.stringify(before.factors)) {
    throw new DemoError('The reputation did not move.');
  }
  screen.right(
    words.say('moved', {
      before: words.number(before.score),
      after: words.number(after.score),
      count: reviews.rating_count,
    }),
  );
  return after;
}

async function bothKnow({ customer, owner }: Play, news: BookingStatus | string): Promise<void> {
  await Promise.all([customer.told(news), owner.told(news)]);
}

function nameIn(names: unknown, language: string): string {
  return typeof names === 'object' && names !== null
    ? String(Reflect.get(names, language) ?? Object.values(names)[0])
    : '';
}
