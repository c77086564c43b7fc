/** Users as GoTrue's API shows them: absent instead of null, no hash ever. */
import { factorResponse } from './factors.ts';
import type { Metadata } from './input.ts';
import { audience, type Identity, type User } from './users.ts';

const time = (at: Date | null) => at?.toISOString();
const text = (value: string | null) => value || undefined;

function identityResponse(identity: Identity) {
  return {
    identity_id: identity.id,
    id: identity.provider_id,
    user_id: identity.user_id,
    identity_data: identity.identity_data,
    provider: identity.provider,
    last_sign_in_at: time(identity.last_sign_in_at),
    created_at: time(identity.created_at),
    updated_at: time(identity.updated_at),
    email: text(identity.email),
  };
}

export function userResponse(user: User) {
  return {
    id: user.id,
    aud: user.aud ?? '',
    role: user.role ?? '',
    email: user.email ?? '',
    email_confirmed_at: time(user.email_confirmed_at),
    invited_at: time(user.invited_at),
    phone: user.phone ?? '',
    phone_confirmed_at: time(user.phone_confirmed_at),
    confirmation_sent_at: time(user.confirmation_sent_at),
    confirmed_at: time(user.confirmed_at),
    recovery_sent_at: time(user.recovery_sent_at),
    new_email: text(user.email_change),
    email_change_sent_at: time(user.email_change_sent_at),
    new_phone: text(user.phone_change),
    phone_change_sent_at: time(user.phone_change_sent_at),
    reauthentication_sent_at: time(user.reauthentication_sent_at),
    last_sign_in_at: time(user.last_sign_in_at),
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    factors: user.factors.length > 0 ? user.factors.map(factorResponse) : undefined,
    identities: user.identities.map(identityResponse),
    created_at: time(user.created_at),
    updated_at: time(user.updated_at),
    banned_until: time(user.banned_until),
    deleted_at: time(user.deleted_at),
    is_anonymous: user.is_anonymous,
  };
}

/** Somebody who has no account yet. */
export interface Newcomer {
  readonly id: string;
  readonly email?: string;
  readonly phone?: string;
  readonly appMetadata: Metadata;
  readonly userMetadata: Metadata;
  readonly isAnonymous?: boolean;
}

const never = '0001-01-01T00:00:00Z';

/** As GoTrue shows a user that it has not written yet. */
export function newcomerResponse(user: Newcomer) {
  return {
    id: user.id,
    aud: audience,
    role: '',
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    identities: [],
    created_at: never,
    updated_at: never,
    is_anonymous: user.isAnonymous ?? false,
  };
}
