/** What a provider says about somebody, in the members that GoTrue keeps as `identity_data`. */
import { z } from 'zod';
import { type Metadata, parseEmail } from '../input.ts';
import type { ProviderName } from './settings.ts';

export interface ProvidedUser {
  readonly provider: ProviderName;
  /** Who it is at the provider, for ever. */
  readonly subject: string;
  /** In small letters; empty when the provider tells none. */
  readonly email: string;
  /** The provider knows that the mailbox is theirs. */
  readonly isEmailVerified: boolean;
  readonly identityData: Metadata;
}

const textClaim = z.string().catch('');
const claimsSchema = z.object({
  iss: textClaim,
  sub: z.string().min(1),
  email: textClaim,
  // Some send it as a text.
  email_verified: z.union([z.boolean(), z.literal('true').transform(() => true)]).catch(false),
  name: textClaim,
  picture: textClaim,
  hd: textClaim,
});

const appleNameSchema = z
  .object({ name: z.object({ firstName: textClaim, lastName: textClaim }) })
  .transform(({ name }) => `${name.firstName} ${name.lastName}`.trim());

/** Apple tells the name once, in the form with the first code, and in no token. */
export function nameInAppleForm(user: string | null): { name?: string } {
  try {
    return { name: appleNameSchema.parse(JSON.parse(user ?? '')) };
  } catch {
    return {};
  }
}

export function providedUser(provider: ProviderName, claims: unknown): ProvidedUser {
  const { iss, sub, name, picture, hd, ...found } = claimsSchema.parse(claims);
  const email = found.email && parseEmail(found.email);
  // Apple gives no address that it has not verified, whatever the claim says.
  const isEmailVerified = email !== '' && (found.email_verified || provider === 'apple');
  const texts = {
    iss,
    sub,
    name,
    full_name: name,
    picture,
    avatar_url: picture,
    provider_id: sub,
    email,
  };
  return {
    provider,
    subject: sub,
    email,
    isEmailVerified,
    identityData: {
      ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== '')),
      ...(hd && { custom_claims: { hd } }),
      email_verified: isEmailVerified,
      phone_verified: false,
    },
  };
}
