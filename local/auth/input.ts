/** Reading requests: bodies, phone numbers, addresses; bad input ends here, never in Postgres. */
import { z } from 'zod';
import { badJson, validationFailed } from './errors.ts';

const maxBodyBytes = 1024 * 1024;
const maxDepth = 64;

/** Absent, null and "" mean the same in GoTrue. */
export const textSchema = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const nativeDigits = '०१२३४५६७८९٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９';

/**
 * A code as people type and paste it: in the digits of their script, with spaces and marks.
 * Hosted compares what it is sent, so clients that know hosted send it plain.
 */
export const codeSchema = textSchema.transform((typed) =>
  typed
    .replace(/[०-९٠-٩۰-۹０-９]/g, (digit) => String(nativeDigits.indexOf(digit) % 10))
    .replace(/[\s\p{Cf}]/gu, ''),
);

export const metadataSchema = z.record(z.string(), z.json());
export type Metadata = z.infer<typeof metadataSchema>;

/** What JSON allows and Postgres does not: NUL, lone surrogates, bottomless nesting. */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  return Object.entries(value).every(
    ([key, member]) => isStorable(key) && isStorable(member, depth + 1),
  );
}

export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const text = await request.text();
  if (text.length > maxBodyBytes) throw badJson('the body is too large');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badJson('it is not JSON');
  }
  if (!isStorable(body)) throw validationFailed('The body holds characters that cannot be stored');
  const { success, data, error } = schema.safeParse(body);
  if (!success) throw badJson(z.prettifyError(error));
  return data;
}

/** Digits only, as hosted stores a number: without "+" and spaces. */
export function parsePhone(phone: string): string {
  const digits = phone.replace(/^\+/, '').replaceAll(' ', '');
  if (!/^[1-9][0-9]{1,14}$/.test(digits)) {
    throw validationFailed('Invalid phone number format (E.164 required)');
  }
  return digits;
}

const emailSchema = z.email({ pattern: z.regexes.html5Email });

export function parseEmail(email: string): string {
  if (!email) throw validationFailed('An email address is required');
  if (email.length > 255) throw validationFailed('An email address is too long');
  if (!emailSchema.safeParse(email).success) {
    throw validationFailed('Unable to validate email address: invalid format');
  }
  return email.toLowerCase();
}

export type Contact = { channel: 'phone' | 'email'; address: string };

/** The one of phone and e-mail that a request names; null when it names neither. */
export function parseContact(
  body: { phone: string; email: string },
  bothMessage: string,
): Contact | null {
  if (body.phone && body.email) throw validationFailed(bothMessage);
  if (body.phone) return { channel: 'phone', address: parsePhone(body.phone) };
  if (body.email) return { channel: 'email', address: parseEmail(body.email) };
  return null;
}

export function assertChannel(channel: string): void {
  if (channel && channel !== 'sms' && channel !== 'whatsapp') {
    throw validationFailed("Invalid channel, supported values are 'sms' or 'whatsapp'");
  }
}

const uuidSchema = z.guid();

export function isUuid(text: string): boolean {
  return uuidSchema.safeParse(text).success;
}
