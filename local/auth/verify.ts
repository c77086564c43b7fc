/** POST /verify: a code becomes a session. */
import { Hono } from 'hono';
import { z } from 'zod';
import { inTransaction } from './database.ts';
import { otpExpired, validationFailed } from './errors.ts';
import { codeSchema, parseContact, readBody, textSchema } from './input.ts';
import { hashOtp } from './one-time-tokens.ts';
import { type Auth, type AuthEnv, clientOf } from './service-context.ts';
import { startSession } from './sessions.ts';
import { applyToken, emailTokens, type GivenToken, phoneTokens } from './used-tokens.ts';

export const singleConfirmation =
  'Confirmation link accepted. Please proceed to confirm link sent to the other email';
export const expiredLink = () => otpExpired('Email link is invalid or has expired');

const verifySchema = z.object({
  type: textSchema,
  token: codeSchema,
  token_hash: textSchema,
  email: textSchema,
  phone: textSchema,
  redirect_to: textSchema,
});

function parseGiven(body: z.infer<typeof verifySchema>): GivenToken {
  const { type, token, token_hash: hash } = body;
  if (!type) throw validationFailed('Verify requires a verification type');
  if ((token === '') === (hash === '')) {
    throw validationFailed('Verify requires either a token or a token hash');
  }
  if (hash) {
    if (body.email || body.phone || body.redirect_to) {
      throw validationFailed('Only the token_hash and type should be provided');
    }
    const types = emailTokens.get(type);
    if (!types) throw validationFailed('Invalid email verification type');
    return { hash, types, channel: 'email' };
  }
  const problem = 'Only an email address or phone number should be provided on verify';
  const contact = parseContact(body, problem);
  if (!contact) throw validationFailed(problem);
  const { channel, address } = contact;
  const types = (channel === 'phone' ? phoneTokens : emailTokens).get(type);
  if (!types) throw validationFailed('Unsupported verification type');
  return { hash: hashOtp(address, token), types, channel, address };
}

export function verifyRoutes(auth: Auth): Hono<AuthEnv> {
  return new Hono<AuthEnv>().post('/verify', async (c) => {
    auth.limiters.verify(c.env.ip);
    const given = parseGiven(await readBody(c.req.raw, verifySchema));
    const session = await inTransaction(auth.sql, async (tx) => {
      const refusal = given.address ? otpExpired() : expiredLink();
      const user = await applyToken(auth, tx, given, refusal);
      return user && startSession(auth, tx, user, 'otp', clientOf(c));
    });
    return c.json(session ?? { msg: singleConfirmation, code: '200' });
  });
}
