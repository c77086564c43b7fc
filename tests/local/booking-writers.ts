/** Customers who book as fast as they can, and remember what the API has acknowledged. */

import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { addHours } from 'date-fns';
import { z } from 'zod';
import { transport } from '../helpers/transport.ts';

export interface Api {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

const servicesSchema = z.array(z.object({ id: z.string(), provider_id: z.string() })).min(1);
const itemsSchema = z.object({
  items: z.array(z.object({ provider_id: z.string(), lat: z.number(), lng: z.number() })).min(1),
});
const bookingSchema = z.object({ id: z.string() });

function connect({ url }: Api, key: string) {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport },
  });
}

/** Provider and service that every writer books, each at hours of its own. */
async function whatToBook(api: Api) {
  const anybody = connect(api, api.publishableKey);
  const here = { lat: 26.8547, lng: 81.0044, radius_km: 50 };
  const found = await anybody.rpc('search_providers', { market: 'localpro', ...here });
  const { items } = itemsSchema.parse(found.data);
  const ids = items.map((item) => item.provider_id);
  const { data } = await anybody.from('services').select('id, provider_id').in('provider_id', ids);
  const [service] = servicesSchema.parse(data);
  const provider = items.find((item) => item.provider_id === service?.provider_id);
  if (service === undefined || provider === undefined) throw new Error('nothing to book');
  return { service, location: { address: '1 Test Road', lat: provider.lat, lng: provider.lng } };
}

/** Writes until the API is gone; `acknowledged` fills with the ids of bookings. */
export async function writeBookings(api: Api, writers: number, acknowledged: Set<string>) {
  const { service, location } = await whatToBook(api);
  const admin = connect(api, api.secretKey).auth.admin;
  const password = `${randomUUID()}A1`;
  const refusals: unknown[] = [];

  async function write(writer: number): Promise<void> {
    const email = `${randomUUID()}@example.org`;
    await admin.createUser({ email, password, email_confirm: true });
    const customer = connect(api, api.publishableKey);
    await customer.auth.signInWithPassword({ email, password });
    // Three hours per booking, so that no two overlap.
    for (let turn = 0; turn < 40; turn += 1) {
      const hour = 24 + 3 * (turn * writers + writer);
      const { data, error, status } = await customer.rpc('request_booking', {
        provider_id: service.provider_id,
        service_ids: [service.id],
        starts_at: addHours(new Date(), hour).toISOString(),
        location,
      });
      if (status === 0) return;
      const booking = bookingSchema.safeParse(data);
      if (booking.success) acknowledged.add(booking.data.id);
      else refusals.push(error);
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return refusals;
}
