/** POST /invite and /admin/generate_link: servers start an e-mail flow for somebody. */
import { Hono } from 'hono';
import { z } from 'zod';
import { requireAdmin } from './access.ts';
import { type Account, admitNewcomer, createAccount, makeAccount } from './accounts.ts';
import { type EmailCode, prepareEmailCode } from './codes.ts';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, emailExists, validationFailed } from './errors.ts';
import { metadataSchema, parseEmail, readBody, textSchema } from './input.ts';
import type { MailType } from './mailer.ts';
import { assertPasswordStrong, hashPassword } from './passwords.ts';
import { redirectTarget } from './redirects.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { userResponse } from './user-response.ts';
import { findUser, type User, updateUser } from './users.ts';

const inviteSchema = z.object({
  email: textSchema,
  data: metadataSchema.nullish().transform((value) => value ?? {}),
});
const linkSchema = inviteSchema.extend({
  type: textSchema,
  new_email: textSchema,
  password: textSchema,
});
type LinkRequest = z.infer<typeof linkSchema>;

const mailTypes = new Map<string, MailType>([
  ['signup', 'signup'],
  ['invite', 'invite'],
  ['magiclink', 'magiclink'],
  ['recovery', 'recovery'],
  ['email_change_current', 'email_change'],
  ['email_change_new', 'email_change'],
]);

const accountOf = (email: string, { data }: Pick<LinkRequest, 'data'>, hash?: string) =>
  makeAccount({ channel: 'email', address: email }, data, hash);

export function adminLinkRoutes(auth: Auth): Hono<AuthEnv> {
  const { settings } = auth;

  async function newcomer(tx: Tx, account: Account): Promise<User> {
    const found = await findUser(tx, 'email', account.contact.address);
    if (found?.email_confirmed_at) throw emailExists();
    return found ?? createAccount(tx, account, { ...settings, signupEnabled: true });
  }

  async function invite(tx: Tx, account: Account): Promise<User> {
    const user = await newcomer(tx, account);
    return updateUser(tx, user.id, { invited_at: new Date() });
  }

  /** The user that the link is for, and the code that it carries. */
  async function prepare(
    tx: Tx,
    link: LinkRequest,
    account: Account,
  ): Promise<{ user: User; code: Pick<EmailCode, 'token' | 'type' | 'email'> }> {
    const email = account.contact.address;
    const found = await findUser(tx, 'email', email);
    const confirmation = { token: 'confirmation_token', email } as const;
    if (link.type === 'invite') {
      return { user: await invite(tx, account), code: { ...confirmation, type: 'invite' } };
    }
    if (link.type === 'signup' || (link.type === 'magiclink' && !found)) {
      const user = await newcomer(tx, account);
      return { user, code: { ...confirmation, type: 'signup' } };
    }
    if (!found) throw new AuthError(404, 'user_not_found', 'User with this email not found');
    if (link.type === 'magiclink' || link.type === 'recovery') {
      return { user: found, code: { token: 'recovery_token', email, type: link.type } };
    }
    const newEmail = parseEmail(link.new_email);
    if (await findUser(tx, 'email', newEmail, 'unlocked')) throw emailExists();
    const user = await updateUser(tx, found.id, {
      email_change: newEmail,
      email_change_confirm_status: 0,
    });
    const code =
      link.type === 'email_change_new'
        ? ({ token: 'email_change_token_new', email: newEmail } as const)
        : ({ token: 'email_change_token_current', email } as const);
    return { user, code: { ...code, type: 'email_change' } };
  }

  return new Hono<AuthEnv>()
    .post('/invite', async (c) => {
      await requireAdmin(auth, c);
      const body = await readBody(c.req.raw, inviteSchema);
      const email = parseEmail(body.email);
      const redirectTo = redirectTarget(c.req.raw, settings);
      const { user, post } = await auth.addresses.run(email, async () => {
        const account = accountOf(email, body);
        await admitNewcomer(auth, account, c.env.ip);
        return inTransaction(auth.sql, async (tx) =>
          prepareEmailCode(auth, tx, await invite(tx, account), {
            token: 'confirmation_token',
            type: 'invite',
            email,
            redirectTo,
          }),
        );
      });
      post();
      return c.json(userResponse(user));
    })
    .post('/admin/generate_link', async (c) => {
      await requireAdmin(auth, c);
      const body = await readBody(c.req.raw, linkSchema);
      const type = mailTypes.get(body.type);
      if (!type) {
        throw validationFailed(`Invalid email action link type requested: ${body.type}`);
      }
      const isSignup = body.type === 'signup';
      if (isSignup && !body.password) throw validationFailed('Signup requires a valid password');
      if (isSignup) assertPasswordStrong(body.password, settings);
      const hash = isSignup ? await hashPassword(body.password) : undefined;
      const redirectTo = redirectTarget(c.req.raw, settings);
      const account = accountOf(parseEmail(body.email), body, hash);
      const { address } = account.contact;
      const { user, otp, tokenHash, used } = await auth.addresses.run(address, async () => {
        const makesUser = ['invite', 'signup', 'magiclink'].includes(body.type);
        if (makesUser) await admitNewcomer(auth, account, c.env.ip);
        return inTransaction(auth.sql, async (tx) => {
          const { user, code } = await prepare(tx, body, account);
          const prepared = await prepareEmailCode(auth, tx, user, { ...code, redirectTo });
          return { ...prepared, used: code.type };
        });
      });
      return c.json({
        ...userResponse(user),
        action_link: auth.mailer.actionLink({ type: used, tokenHash, redirectTo }),
        email_otp: otp,
        hashed_token: tokenHash,
        verification_type: body.type === 'magiclink' ? used : body.type,
        redirect_to: redirectTo,
      });
    });
}
