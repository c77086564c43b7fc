/** After the job: both sides review, with a photo, and the reputation moves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Booking, eachItem } from '../../../types/index.ts';
import { stackClock } from '../../helpers/clock.ts';
import { bookSoon, ownerPhone, type Person, person } from '../../helpers/people.ts';
import { testStack } from '../../helpers/stack.ts';

let customer: Person;
let owner: Person;
let stranger: Person;

beforeAll(async () => {
  customer = await person(undefined, { market: 'localpro', display_name: 'Meera' });
  owner = await person(ownerPhone);
  stranger = await person();
});
afterAll(async () => {
  for (const somebody of [customer, owner, stranger]) await somebody[Symbol.asyncDispose]();
});

const place = { address: '12 Vipin Khand, Gomti Nagar', lat: 26.8547, lng: 81.0044 };

/** A job of the plumber, done. */
async function job(): Promise<Booking> {
  const { data: service } = await customer.karigar.supabase
    .from('services')
    .select('id, provider_id, providers!inner(slug)')
    .eq('providers.slug', 'master-plumber-services')
    .limit(1)
    .single()
    .throwOnError();
  const booking = await bookSoon(customer, {
    provider_id: service.provider_id,
    service_ids: [service.id],
    location: place,
  });
  await using clock = await stackClock();
  for (const to_status of ['confirmed', 'in_progress', 'completed'] as const) {
    if (to_status === 'in_progress') await clock.letPass(booking.id);
    await owner.karigar.rpc.transitionBooking({ booking_id: booking.id, to_status });
  }
  return booking;
}

/** As a stranger finds it in the list; the newest may be one that another test wrote meanwhile. */
async function shown(provider_id: string, id: string) {
  const pages = { provider_id, page_size: 100 };
  for await (const review of eachItem(stranger.karigar.rpc.listReviews, pages)) {
    if (review.id === id) return review;
  }
  return null;
}

describe('R1 a review', () => {
  it('is written once the work is done, and seen by everybody', async () => {
    const { id: booking_id, provider_id } = await job();
    const before = await customer.karigar.rpc.listReviews({ provider_id });
    const review = {
      booking_id,
      overall: 4,
      punctuality: 5,
      title: 'Quick',
      comment: 'नल अब नहीं टपकता।',
      idempotency_key: crypto.randomUUID(),
    };
    const written = await customer.karigar.rpc.submitReview(review);
    expect(written).toMatchObject({ side: 'customer', overall: 4, provider_id });
    expect(await customer.karigar.rpc.submitReview(review)).toEqual(written);
    const again = customer.karigar.rpc.submitReview({ booking_id, overall: 1 });
    await expect(again).rejects.toMatchObject({ status: 409, reason: 'already_reviewed' });
    const foreign = stranger.karigar.rpc.submitReview({ booking_id, overall: 1 });
    await expect(foreign).rejects.toMatchObject({ status: 404, reason: 'booking_not_found' });

    const page = await stranger.karigar.rpc.listReviews({ provider_id, page_size: 1 });
    expect(page.rating_count).toBe(before.rating_count + 1);
    expect(page.distribution[4]).toBe(before.distribution[4] + 1);
    const found = await shown(provider_id, written.id);
    expect(found).toMatchObject({ comment: review.comment });
    expect(found?.author).toEqual({ display_name: 'Meera' });
    expect(JSON.stringify(found)).not.toContain(customer.userId);
    expect(JSON.stringify(found)).not.toContain(booking_id);
    const rows = await stranger.karigar.supabase.from('reviews').select('id').throwOnError();
    expect(rows.data).toEqual([]);
    const all: string[] = [];
    const pages = { provider_id, page_size: 1, sort: 'lowest' } as const;
    for await (const { id } of eachItem(stranger.karigar.rpc.listReviews, pages)) all.push(id);
    expect(all).toHaveLength(page.rating_count);
    expect(new Set(all).size).toBe(all.length);
  });

  it('of the customer is for the customer and the business', async () => {
    const { id: booking_id } = await job();
    await owner.karigar.rpc.submitReview({ booking_id, overall: 5, comment: 'Kind' });
    const rating = await owner.karigar.rpc.customerRating({ booking_id });
    expect(rating).toMatchObject({ customer_id: customer.userId, rating_count: 1 });
    expect(await customer.karigar.rpc.customerRating({ booking_id })).toEqual(rating);
    const foreign = stranger.karigar.rpc.customerRating({ booking_id });
    await expect(foreign).rejects.toMatchObject({ reason: 'booking_not_found' });
    const { data } = await customer.karigar.supabase
      .from('reviews')
      .select('comment')
      .eq('booking_id', booking_id)
      .throwOnError();
    expect(data).toEqual([{ comment: 'Kind' }]);
  });

  it('has photos, which nobody sees before and everybody after', async () => {
    const stack = await testStack();
    const { id: booking_id, provider_id } = await job();
    const { bucket, folder } = await customer.karigar.rpc.reviewPhotoFolder({ booking_id });
    const path = `${folder}/tap.png`;
    expect(path).not.toContain(booking_id);
    const png = new Blob([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10])], {
      type: 'image/png',
    });
    const photos = (who: Person) => who.karigar.supabase.storage.from(bucket);
    expect((await photos(stranger).upload(path, png)).error).not.toBeNull();
    expect((await photos(owner).upload(path, png)).error).not.toBeNull();
    expect((await photos(customer).upload(path, png)).error).toBeNull();
    expect((await photos(stranger).download(path)).error).not.toBeNull();

    const review = { booking_id, overall: 5, photos: [path] };
    const { id } = await customer.karigar.rpc.submitReview(review);
    expect((await shown(provider_id, id))?.photos).toEqual([path]);
    const anonymous = stack.client().storage.from(bucket);
    const { data } = await anonymous.createSignedUrl(path, 60);
    const seen = await fetch(data?.signedUrl ?? '');
    expect(new Uint8Array(await seen.arrayBuffer())).toHaveLength(8);
    expect((await anonymous.download(path)).error).toBeNull();
    expect((await anonymous.info(path)).data?.name).toBe(path);
    for (const who of [anonymous, photos(stranger), photos(owner), photos(customer)]) {
      expect((await who.list(folder)).data).toEqual([]);
    }
    for (const parent of ['', folder.split('/')[0]]) {
      expect((await anonymous.list(parent)).data).toEqual([]);
    }
    expect((await photos(customer).remove([path])).data).toEqual([]);
    expect((await photos(customer).upload(path, png, { upsert: true })).error).not.toBeNull();
  });
});

describe('R3 the reputation', () => {
  it('says why it is what it is, and moves with a review', async () => {
    const { id: booking_id, provider_id } = await job();
    const before = await owner.karigar.rpc.providerReputation({ provider_id });
    await customer.karigar.rpc.submitReview({ booking_id, overall: 1 });
    const after = await stranger.karigar.rpc.providerReputation({ provider_id });
    expect(after.score).toBeLessThan(before.score);

    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(after.factors.map(({ weight }) => weight))).toBeCloseTo(1, 3);
    const total = sum(after.factors.map(({ contribution }) => contribution));
    expect(Math.abs(total - after.score_before_penalties)).toBeLessThan(0.05);
    const factor = after.penalties.reduce((product, { multiplier }) => product * multiplier, 1);
    expect(Math.abs(after.score_before_penalties * factor - after.score)).toBeLessThan(0.02);

    const { items } = await stranger.karigar.rpc.searchProviders({
      market: 'localpro',
      query: 'plumber',
    });
    const found = items.find((item) => item.provider_id === provider_id);
    expect(found).toMatchObject({ reputation_score: after.score });
    const { data: statistics } = await owner.karigar.supabase
      .from('provider_statistics')
      .select('completed_count')
      .eq('provider_id', provider_id)
      .single()
      .throwOnError();
    const volume = after.factors.find(({ factor: name }) => name === 'volume');
    expect(volume?.raw_value).toBe(statistics.completed_count);
    const hidden = await stranger.karigar.supabase
      .from('provider_statistics')
      .select('provider_id');
    expect(hidden.data).toEqual([]);
  });
});
