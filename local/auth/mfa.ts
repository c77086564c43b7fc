/** /factors: second factors of signed-in users, the codes of an authenticator app (TOTP). */
import { isIP } from 'node:net';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { requireUser, type SignedIn } from './access.ts';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, sessionNotFound, validationFailed } from './errors.ts';
import {
  deleteChallenge,
  deleteExpiredFactors,
  type Factor,
  findChallenge,
  insertChallenge,
  insertTotpFactor,
  isVerified,
  readSecret,
  useChallenge,
  verifyFactor,
} from './factors.ts';
import { codeSchema, isUuid, readBody, textSchema } from './input.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { downgradeSessions, type SessionResponse, upgradeSession } from './sessions.ts';
import { isTotpCode, makeTotp } from './totp.ts';
import { getUser, type User } from './users.ts';

const enrollSchema = z.object({
  factor_type: textSchema,
  friendly_name: textSchema,
  issuer: textSchema,
});
const verifySchema = z.object({ challenge_id: z.guid().nullish(), code: codeSchema });

const refused = (code: string, message: string) => new AuthError(422, code, message);

/** The factor of this user; anybody else's is not found. */
export function ownFactor(user: User, id: string): Factor {
  if (!isUuid(id)) throw new AuthError(404, 'validation_failed', 'factor_id must be an UUID');
  const factor = user.factors.find((candidate) => candidate.id === id.toLowerCase());
  if (!factor) throw new AuthError(404, 'mfa_factor_not_found', 'Factor not found');
  return factor;
}

/** inet holds no name; an address that is none stands for all of them. */
const addressOf = (c: Context<AuthEnv>): string => (isIP(c.env.ip) ? c.env.ip : '::');

export function mfaRoutes(auth: Auth): Hono<AuthEnv> {
  const { maxEnrolledFactors, totp } = auth.settings.mfa;

  async function requireAccount(c: Context<AuthEnv>): Promise<SignedIn> {
    const signedIn = await requireUser(auth, c);
    if (signedIn.user.is_anonymous) {
      const message = 'Anonymous user not allowed to perform these actions';
      throw new AuthError(403, 'no_authorization', message);
    }
    return signedIn;
  }

  function assertMayEnroll(user: User, friendlyName: string, aal: string | null): void {
    const { factors } = user;
    if (factors.some((factor) => (factor.friendly_name ?? '') === friendlyName)) {
      throw refused(
        'mfa_factor_name_conflict',
        `A factor with the friendly name ${JSON.stringify(friendlyName)} for this user already exists`,
      );
    }
    if (factors.length >= maxEnrolledFactors) {
      throw refused(
        'too_many_enrolled_mfa_factors',
        'Maximum number of verified factors reached, unenroll to continue',
      );
    }
    // Else a stolen password would be enough to add a factor of the thief's own.
    if (factors.some(isVerified) && aal !== 'aal2') {
      throw new AuthError(403, 'insufficient_aal', 'AAL2 required to enroll a new factor');
    }
  }

  function enrollTotp(signedIn: SignedIn, friendlyName: string, givenIssuer: string) {
    if (!totp.enrollEnabled) {
      throw refused('mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP');
    }
    // Without the port: a colon ends the issuer in the URI.
    const issuer = givenIssuer || new URL(auth.settings.siteUrl).hostname;
    const account = signedIn.user.email || signedIn.user.phone || signedIn.user.id;
    const made = makeTotp(issuer, account);
    if (!made) throw validationFailed('The issuer is too long for a QR code');
    return inTransaction(auth.sql, async (tx) => {
      await deleteExpiredFactors(tx);
      const user = await getUser(tx, signedIn.user.id);
      assertMayEnroll(user, friendlyName, signedIn.aal);
      const { secret, uri, qrCode } = made;
      return {
        id: await insertTotpFactor(tx, { userId: user.id, friendlyName, secret }),
        type: 'totp',
        friendly_name: friendlyName,
        totp: { qr_code: qrCode, secret, uri },
      };
    });
  }

  function assertVerifiable(): void {
    if (!totp.verifyEnabled) {
      throw refused('mfa_totp_verify_not_enabled', 'MFA verification is disabled for TOTP');
    }
  }

  interface Attempt {
    readonly factorId: string;
    readonly challengeId: string | null;
    readonly code: string;
    readonly ip: string;
  }

  async function verifyIn(
    tx: Tx,
    { user: { id: userId }, sessionId }: SignedIn,
    { factorId, challengeId, code, ip }: Attempt,
  ): Promise<SessionResponse | AuthError> {
    // The user's lock: of two requests with one challenge the second finds it used.
    const factor = ownFactor(await getUser(tx, userId), factorId);
    const challenge = challengeId && (await findChallenge(tx, factor.id, challengeId, ip));
    if (!challenge) {
      const message = 'MFA factor with the provided challenge ID not found';
      throw refused('mfa_factor_not_found', message);
    }
    if (challenge.is_used || !challenge.is_same_ip) {
      const message = 'Challenge and verify IP addresses mismatch.';
      throw refused('mfa_ip_address_mismatch', message);
    }
    if (challenge.is_expired) {
      await deleteChallenge(tx, challenge.id);
      // Returned, not thrown: the deletion has to be committed.
      return refused(
        'mfa_challenge_expired',
        `MFA challenge ${challenge.id} has expired, verify against another challenge or create a new challenge.`,
      );
    }
    if (!isTotpCode(await readSecret(tx, factor.id), code)) {
      throw refused('mfa_verification_failed', 'Invalid TOTP code entered');
    }
    await useChallenge(tx, challenge.id);
    await verifyFactor(tx, factor);
    const session = await upgradeSession(auth, tx, { userId, sessionId, factor });
    if (!session) throw sessionNotFound();
    return session;
  }

  return new Hono<AuthEnv>()
    .post('/factors', async (c) => {
      const signedIn = await requireAccount(c);
      const { factor_type: type, ...body } = await readBody(c.req.raw, enrollSchema);
      switch (type) {
        case 'totp':
          return c.json(await enrollTotp(signedIn, body.friendly_name, body.issuer));
        case 'phone':
          throw refused('mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone');
        case 'webauthn':
          throw refused('mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn');
        default:
          throw validationFailed('factor_type needs to be totp, phone, or webauthn');
      }
    })
    .post('/factors/:id/challenge', async (c) => {
      const { user } = await requireAccount(c);
      const { id } = ownFactor(user, c.req.param('id'));
      auth.limiters.challengeFactor(c.env.ip);
      assertVerifiable();
      const challenge = await inTransaction(auth.sql, async (tx) => {
        // Locked, and looked at again: it may have gone meanwhile.
        ownFactor(await getUser(tx, user.id), id);
        return insertChallenge(tx, id, addressOf(c));
      });
      return c.json({ id: challenge.id, type: 'totp', expires_at: challenge.expires_at });
    })
    .post('/factors/:id/verify', async (c) => {
      const signedIn = await requireAccount(c);
      const { id: factorId } = ownFactor(signedIn.user, c.req.param('id'));
      auth.limiters.verifyFactor(c.env.ip, signedIn.user.id);
      const { challenge_id: challengeId, code } = await readBody(c.req.raw, verifySchema);
      if (!code) throw validationFailed('Code needs to be non-empty');
      assertVerifiable();
      const attempt = { factorId, challengeId: challengeId ?? null, code, ip: addressOf(c) };
      const answer = await inTransaction(auth.sql, (tx) => verifyIn(tx, signedIn, attempt));
      if (answer instanceof AuthError) throw answer;
      return c.json(answer);
    })
    .delete('/factors/:id', async (c) => {
      const { user, aal } = await requireAccount(c);
      const id = await inTransaction(auth.sql, async (tx) => {
        const factor = ownFactor(await getUser(tx, user.id), c.req.param('id'));
        if (isVerified(factor) && aal !== 'aal2') {
          throw refused('insufficient_aal', 'AAL2 required to unenroll verified factor');
        }
        await tx`delete from auth.mfa_factors where id = ${factor.id}`;
        await downgradeSessions(tx, factor);
        return factor.id;
      });
      return c.json({ id });
    });
}
