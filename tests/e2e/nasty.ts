/** Bad input, and what an answer to it must be like. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';

export const errorSchema = z.object({
  code: z.string().min(1),
  message: z.string().min(1),
  details: z.string().nullable(),
  hint: z.string().nullable(),
});

/** What Postgres says when nobody caught it. */
export const rawText =
  /violates|invalid input (syntax|value)|malformed|duplicate key|null value in|relation "|column "|operator does not|out of range|syntax error|can ?not (cast|be cast)|invalid byte|unsupported unicode|deadlock|could not serialize/i;

/** Values that have broken servers before, and some that almost fit. */
export const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    'null',
    '\u202e',
    '\u200b',
    '\u2800',
    "'; drop table bookings; --",
    'x'.repeat(20_000),
    '99999999-9999-9999-9999-999999999999',
    '2026-02-30T10:00:00Z',
    '294277-01-01T00:00:00Z',
    '2026-01-31T09:30:00+99:99',
    '9'.repeat(40),
    -1,
    0,
    1e308,
    -1e308,
    1e-320,
    true,
    [],
    {},
    [[]],
    [null],
    { lat: 'x', lng: [] },
    { address: 'x', lat: 1e308, lng: -1e308 },
    { address: {}, lat: 26.8, lng: 80.9 },
    [randomUUID()],
  ),
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('localpro', 'confirmed', 'customer', 'rank', 'en', '+919876543210'),
);

/** No failure of ours, and no words of Postgres. */
export async function expectDecentError(response: Response): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  if (response.status < 400) return;
  const error = errorSchema.parse(JSON.parse(text));
  expect(error.message).not.toMatch(rawText);
}
