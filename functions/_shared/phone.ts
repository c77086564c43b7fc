// The default metadata of the library takes landlines and impossible numbers for mobiles.
import parsePhone from 'libphonenumber-js/max';

export interface MobileNumber {
  /** E.164 with "+": `+919876543210`. */
  readonly e164: string;
  /** ISO 3166 alpha-2: `IN`. */
  readonly country: string;
}

/** Reads a number as Auth stores it (digits, "+" or not); null when it is no mobile number. */
export function parseMobile(digits: string): MobileNumber | null {
  const phone = parsePhone(`+${digits.replace(/^\+/, '')}`);
  if (!phone?.isValid() || !phone.country) return null;
  const type = phone.getType();
  if (type !== 'MOBILE' && type !== 'FIXED_LINE_OR_MOBILE') return null;
  return { e164: phone.number, country: phone.country };
}

/** Leaves the last two digits of everything that looks like a phone number: `•••10`. */
export function maskPhones(text: string): string {
  return text.replace(/(?<![\w-])\+?\d{6,15}(?=\d\d(?![\w-]))/g, '•••');
}
