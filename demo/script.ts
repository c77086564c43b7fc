import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bookingStatusSchema } from '../types/index.ts';
import { submitReviewSchema } from '../types/reviews.ts';

const personSchema = z.strictObject({ title: z.string(), phone: z.string() });

/** What is played in a market, in its own words. A market is added by adding a file. */
const scriptSchema = z.strictObject({
  market: z.string(),
  language: z.string(),
  locale: z.string(),
  unit: z.enum(['kilometer', 'mile']),
  customer: personSchema,
  owner: personSchema,
  /** The slug of the owner's business. */
  business: z.string(),
  place: z.strictObject({
    address: z.string(),
    city: z.string(),
    lat: z.number(),
    lng: z.number(),
  }),
  /** Misspelt, as people type. */
  query: z.string(),
  task: z.string(),
  talk: z.array(z.strictObject({ from: z.enum(['customer', 'owner']), text: z.string() })),
  /** What the owner does with the booking. */
  moves: z.array(bookingStatusSchema),
  review: submitReviewSchema.omit({ booking_id: true }),
  chapters: z.strictObject({
    sign_in: z.string(),
    search: z.string(),
    business: z.string(),
    booking: z.string(),
    chat: z.string(),
    work: z.string(),
    review: z.string(),
  }),
  phrases: z.strictObject({
    sms: z.string(),
    wait: z.string(),
    query: z.string(),
    found: z.string(),
    reputation: z.string(),
    taken: z.string(),
    booked: z.string(),
    received: z.string(),
    status: z.string(),
    live: z.string(),
    too_early: z.string(),
    code_start: z.string(),
    code_completion: z.string(),
    moved: z.string(),
  }),
  statuses: z.partialRecord(bookingStatusSchema, z.string()),
});
export type Script = z.infer<typeof scriptSchema>;
export type Phrase = keyof Script['phrases'];

const folder = new URL('markets/', import.meta.url);

export async function readScripts(): Promise<Script[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) =>
      scriptSchema.parse(JSON.parse(await readFile(new URL(file, folder), 'utf8'))),
    ),
  );
}
