import { hash, verify } from '@node-rs/bcrypt';
import { validationFailed, weakPassword } from './errors.ts';
import type { AuthSettings } from './settings.ts';

/** bcrypt reads no further. */
const maxBytes = 72;
const cost = 10;

export function assertPasswordStrong(password: string, settings: AuthSettings): void {
  if (Buffer.byteLength(password) > maxBytes) {
    throw validationFailed(`Password cannot be longer than ${maxBytes} characters`);
  }
  const { passwordMinLength, passwordCharacterSets } = settings;
  const reasons: string[] = [];
  const messages: string[] = [];
  if (password.length < passwordMinLength) {
    reasons.push('length');
    messages.push(`Password should be at least ${passwordMinLength} characters.`);
  }
  const hasAll = passwordCharacterSets.every((set) =>
    [...password].some((character) => set.includes(character)),
  );
  if (!hasAll) {
    reasons.push('characters');
    messages.push(
      `Password should contain at least one character of each: ${passwordCharacterSets.join(', ')}.`,
    );
  }
  if (reasons.length > 0) throw weakPassword(messages.join(' '), reasons);
}

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** False without a stored hash, or when the password is longer than what bcrypt compares. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  if (!stored || !password || Buffer.byteLength(password) > maxBytes) return false;
  return verify(password, stored);
}
