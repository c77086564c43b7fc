/** POST /token: password, refresh_token, pkce and id_token grants. */
import { Hono } from 'hono';
import { z } from 'zod';
import { assertProviderEnabled } from './accounts.ts';
import { inTransaction } from './database.ts';
import { AuthError, validationFailed } from './errors.ts';
import { signInWithIdToken } from './external/id-token.ts';
import { type Contact, parseContact, readBody, textSchema } from './input.ts';
import { isPassword } from './passwords.ts';
import { exchangeAuthCode } from './pkce.ts';
import { refreshSession } from './refresh.ts';
import { type Auth, type AuthEnv, type Client, clientOf } from './service-context.ts';
import { type SessionResponse, startSession } from './sessions.ts';
import { findUser, getUser, isBanned } from './users.ts';

const passwordSchema = z.object({ email: textSchema, phone: textSchema, password: textSchema });
const refreshSchema = z.object({ refresh_token: textSchema });
const pkceSchema = z.object({ auth_code: textSchema, code_verifier: textSchema });

const invalidCredentials = () =>
  new AuthError(400, 'invalid_credentials', 'Invalid login credentials');

export function tokenRoutes(auth: Auth): Hono<AuthEnv> {
  async function signInWithPassword(
    contact: Contact,
    password: string,
    client: Client,
  ): Promise<SessionResponse> {
    const { channel, address } = contact;
    const found = await inTransaction(auth.sql, (tx) => findUser(tx, channel, address, 'unlocked'));
    if (!found) throw invalidCredentials();
    if (isBanned(found)) throw new AuthError(400, 'user_banned', 'User is banned');
    // Outside the transaction: comparing takes long, and others may be waiting for the database.
    if (!(await isPassword(password, found.encrypted_password))) throw invalidCredentials();
    if (channel === 'email' && !found.email_confirmed_at) {
      throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed');
    }
    if (channel === 'phone' && !found.phone_confirmed_at) {
      throw new AuthError(400, 'phone_not_confirmed', 'Phone not confirmed');
    }
    return inTransaction(auth.sql, async (tx) => {
      const user = await getUser(tx, found.id);
      const isUnchanged = user.encrypted_password === found.encrypted_password;
      if (!isUnchanged || isBanned(user)) throw invalidCredentials();
      return startSession(auth, tx, user, 'password', client);
    });
  }

  return new Hono<AuthEnv>().post('/token', async (c) => {
    switch (c.req.query('grant_type')) {
      case 'password': {
        auth.limiters.signIn(c.env.ip);
        const body = await readBody(c.req.raw, passwordSchema);
        const contact = parseContact(
          body,
          'Only an email address or phone number should be provided on login.',
        );
        if (!contact) throw validationFailed('missing email or phone');
        assertProviderEnabled(contact, auth.settings);
        return c.json(await signInWithPassword(contact, body.password, clientOf(c)));
      }
      case 'refresh_token': {
        auth.limiters.refresh(c.env.ip);
        const body = await readBody(c.req.raw, refreshSchema);
        return c.json(await refreshSession(auth, body.refresh_token, clientOf(c)));
      }
      case 'pkce': {
        auth.limiters.signIn(c.env.ip);
        const body = await readBody(c.req.raw, pkceSchema);
        const grant = { code: body.auth_code, verifier: body.code_verifier };
        return c.json(await exchangeAuthCode(auth, grant, clientOf(c)));
      }
      case 'id_token':
        auth.limiters.signIn(c.env.ip);
        return c.json(await signInWithIdToken(auth, c));
      default:
        throw validationFailed('unsupported_grant_type');
    }
  });
}
