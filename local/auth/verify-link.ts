/** GET /verify: the link in an e-mail. It leads back to the app with a session, a code or an error. */
import { Hono } from 'hono';
import { inTransaction } from './database.ts';
import { AuthError, validationFailed } from './errors.ts';
import { pkcePrefix } from './one-time-tokens.ts';
import { issueAuthCode } from './pkce.ts';
import { fragment, redirectTarget, sessionMembers } from './redirects.ts';
import { type Auth, type AuthEnv, type Client, clientOf } from './service-context.ts';
import { startSession } from './sessions.ts';
import { applyToken, emailTokens } from './used-tokens.ts';
import { expiredLink, singleConfirmation } from './verify.ts';

interface Link {
  readonly type: string;
  readonly hash: string;
  readonly isPkce: boolean;
}

async function follow(auth: Auth, { type, hash, isPkce }: Link, target: URL, client: Client) {
  const types = emailTokens.get(type);
  if (!types) throw validationFailed('Unsupported verification type');
  await inTransaction(auth.sql, async (tx) => {
    const user = await applyToken(auth, tx, { hash, types, channel: 'email' }, expiredLink());
    if (!user) {
      target.hash = fragment({ message: singleConfirmation });
    } else if (isPkce) {
      const purpose = type === 'signup' ? 'email/signup' : type;
      target.searchParams.set('code', await issueAuthCode(tx, user.id, purpose));
    } else {
      const session = await startSession(auth, tx, user, 'otp', client);
      target.hash = fragment({ ...sessionMembers(session), type });
    }
  });
}

function refuse(error: AuthError, target: URL, isPkce: boolean): void {
  const members = {
    error: error.status === 403 ? 'access_denied' : 'invalid_request',
    error_code: error.code,
    error_description: error.message,
  };
  if (isPkce) {
    for (const [key, value] of Object.entries(members)) target.searchParams.set(key, value);
  }
  target.hash = fragment(members);
}

export function verifyLinkRoutes(auth: Auth): Hono<AuthEnv> {
  return new Hono<AuthEnv>().get('/verify', async (c) => {
    auth.limiters.verify(c.env.ip);
    const { type = '', token: hash = '' } = c.req.query();
    if (!type) throw validationFailed('Verify requires a verification type');
    if (!/^[\w-]+$/.test(hash)) throw validationFailed('Verify requires a token or a token hash');
    const target = new URL(redirectTarget(c.req.raw, auth.settings));
    const link = { type, hash, isPkce: hash.startsWith(pkcePrefix) };
    try {
      await follow(auth, link, target, clientOf(c));
    } catch (error) {
      if (!(error instanceof AuthError) || error.status >= 500) throw error;
      refuse(error, target, link.isPkce);
    }
    return c.redirect(target.href, 303);
  });
}
