/** The digits of our markets' scripts, from 0 to 9 each: Hindi, Arabic, Urdu, wide. */
const digits = '०१२३४५६७८९٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９';
/** Spaces, dashes of every kind, and marks that nobody sees. */
const between = /[\s\p{Pd}\p{Cf}\u2212]/gu;

const plainDigits = (text: string) =>
  text.replace(/[०-९٠-٩۰-۹０-９]/g, (digit) => String(digits.indexOf(digit) % 10));

/**
 * A code as it was sent: people type it in the digits of their language and paste it with spaces.
 * `createKarigar` does this to the codes that it sends to Auth.
 *
 * @example
 * ```ts
 * plainCode('०४९ २८२'); // 049282
 * ```
 */
export function plainCode(typed: string): string {
  return plainDigits(typed).replace(between, '');
}

/**
 * A phone number without what people put between its digits. Where it has a 0 that is only dialled
 * at home, the server refuses it and names the right spelling.
 *
 * @example
 * ```ts
 * plainPhone('+91 (98408) 01222'); // +919840801222
 * ```
 */
export function plainPhone(typed: string): string {
  return plainDigits(typed)
    .replace(between, '')
    .replace(/[().~/[\]（）．／]/g, '')
    .replace(/^(?:＋|00(?=[1-9]))/, '+');
}

const codeOrAsIs = (typed: string) => {
  const plain = plainCode(typed);
  return /^\d+$/.test(plain) ? plain : typed;
};
const phone = plainPhone;

/** What people type into the requests of Auth, by the end of their address. */
const typedMembers: readonly [
  path: RegExp,
  members: Readonly<Record<string, (typed: string) => string>>,
][] = [
  [/\/auth\/v1\/(?:otp|signup|resend|token)$/, { phone }],
  [/\/auth\/v1\/verify$/, { phone, token: codeOrAsIs }],
  [/\/auth\/v1\/user$/, { phone, nonce: codeOrAsIs }],
  [/\/auth\/v1\/factors\/[^/]+\/verify$/, { code: codeOrAsIs }],
];

function plainBody(url: string, body: string): string {
  const { pathname } = new URL(url);
  const members = typedMembers.find(([path]) => path.test(pathname))?.[1];
  if (!members) return body;
  const given: Record<string, unknown> = JSON.parse(body);
  for (const [member, plain] of Object.entries(members)) {
    const typed = given[member];
    if (typeof typed === 'string') given[member] = plain(typed);
  }
  return JSON.stringify(given);
}

/**
 * Auth compares phones and codes as they are sent, so they are sent plain.
 *
 * @internal
 */
export function plainRequests(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) =>
    typeof input === 'string' && typeof init?.body === 'string'
      ? fetch(input, { ...init, body: plainBody(input, init.body) })
      : fetch(input, init);
}
