/** The admin API over users: for servers that hold the secret key. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { requireAdmin } from './access.ts';
import { confirmEmail, confirmPhone } from './confirm.ts';
import { inTransaction, type Tx } from './database.ts';
import { parseDuration } from './duration.ts';
import { AuthError, emailExists, phoneExists, userNotFound, validationFailed } from './errors.ts';
import { isUuid, metadataSchema, parseEmail, parsePhone, readBody, textSchema } from './input.ts';
import { assertPasswordStrong, hashPassword } from './passwords.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { softDeleteUser } from './soft-delete.ts';
import { changePassword } from './user.ts';
import { userResponse } from './user-response.ts';
import {
  findUser,
  insertUser,
  listUsers,
  mergeMetadata,
  refreshProviders,
  setIdentity,
  type User,
  type UserChanges,
  updateUser,
} from './users.ts';

const flagSchema = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const userSchema = z.object({
  id: textSchema,
  role: textSchema,
  email: textSchema,
  phone: textSchema,
  password: textSchema,
  password_hash: textSchema,
  email_confirm: flagSchema,
  phone_confirm: flagSchema,
  user_metadata: metadataSchema.nullish(),
  app_metadata: metadataSchema.nullish(),
  ban_duration: textSchema,
});
type Fields = z.infer<typeof userSchema>;

const deletionSchema = z.object({ should_soft_delete: flagSchema });

function bannedUntil(duration: string): UserChanges {
  if (!duration) return {};
  if (duration === 'none') return { banned_until: null };
  const milliseconds = parseDuration(duration);
  if (milliseconds === null) {
    throw validationFailed(`invalid format for ban duration: "${duration}"`);
  }
  const until = Date.now() + milliseconds;
  // Beyond this Postgres and JavaScript disagree about dates.
  return { banned_until: new Date(Math.min(until, Date.UTC(9999, 0))) };
}

export function adminUserRoutes(auth: Auth): Hono<AuthEnv> {
  function readFields(request: Request) {
    return readBody(request, userSchema).then((body) => ({
      ...body,
      email: body.email && parseEmail(body.email),
      phone: body.phone && parsePhone(body.phone),
    }));
  }

  async function passwordHashOf(fields: Fields): Promise<string | null> {
    const { password, password_hash: hash } = fields;
    if (password && hash) {
      throw validationFailed('Only a password or a password hash should be provided');
    }
    if (password) {
      assertPasswordStrong(password, auth.settings);
      return hashPassword(password);
    }
    if (hash && !/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) {
      throw validationFailed('The password hash must be a bcrypt hash');
    }
    return hash || null;
  }

  async function assertFree(tx: Tx, fields: Fields, owner?: User): Promise<void> {
    const byEmail = await findUser(tx, 'email', fields.email, 'unlocked');
    if (byEmail && byEmail.id !== owner?.id) throw emailExists();
    const byPhone = await findUser(tx, 'phone', fields.phone, 'unlocked');
    if (byPhone && byPhone.id !== owner?.id) throw phoneExists();
  }

  async function confirmAsAsked(tx: Tx, user: User, fields: Fields): Promise<User> {
    const byEmail = fields.email_confirm && user.email ? await confirmEmail(tx, user) : user;
    return fields.phone_confirm && user.phone ? confirmPhone(tx, byEmail) : byEmail;
  }

  async function create(fields: Fields): Promise<User> {
    const { id, email, phone } = fields;
    if (!email && !phone) {
      throw validationFailed('Cannot create a user without either an email or phone');
    }
    if (id && !isUuid(id)) throw validationFailed('ID must conform to the uuid format');
    const ban = bannedUntil(fields.ban_duration);
    const passwordHash = await passwordHashOf(fields);
    const providers = [...(email ? ['email'] : []), ...(phone ? ['phone'] : [])];
    const provider = email ? 'email' : 'phone';
    return inTransaction(auth.sql, async (tx) => {
      await assertFree(tx, fields);
      const user = await insertUser(tx, {
        id: id || randomUUID(),
        email: email || null,
        phone: phone || null,
        passwordHash,
        appMetadata: mergeMetadata({ provider, providers }, fields.app_metadata ?? {}),
        userMetadata: fields.user_metadata ?? {},
        ...(fields.role && { role: fields.role }),
      });
      const confirmed = await confirmAsAsked(tx, user, fields);
      return fields.ban_duration ? updateUser(tx, user.id, ban) : confirmed;
    });
  }

  async function setAddresses(tx: Tx, user: User, { email, phone }: Fields): Promise<User> {
    if (email) {
      const isVerified = user.email_confirmed_at !== null;
      await setIdentity(tx, user, 'email', email, isVerified);
    }
    if (phone) {
      const isVerified = user.phone_confirmed_at !== null;
      await setIdentity(tx, user, 'phone', phone, isVerified);
    }
    if (!email && !phone) return user;
    await updateUser(tx, user.id, { ...(email && { email }), ...(phone && { phone }) });
    return refreshProviders(tx, user.id);
  }

  async function update(id: string, fields: Fields): Promise<User> {
    const changes: UserChanges = {
      ...bannedUntil(fields.ban_duration),
      ...(fields.role && { role: fields.role }),
    };
    const passwordHash = await passwordHashOf(fields);
    return inTransaction(auth.sql, async (tx) => {
      const user = await findUser(tx, 'id', id);
      if (!user) throw userNotFound();
      await assertFree(tx, fields, user);
      if (passwordHash) await changePassword(tx, id, passwordHash, 'all');
      const addressed = await setAddresses(tx, user, fields);
      const confirmed = await confirmAsAsked(tx, addressed, fields);
      const { app_metadata: app, user_metadata: data } = fields;
      return updateUser(tx, id, {
        ...changes,
        ...(app && { raw_app_meta_data: mergeMetadata(confirmed.raw_app_meta_data, app) }),
        ...(data && { raw_user_meta_data: mergeMetadata(confirmed.raw_user_meta_data, data) }),
      });
    });
  }

  async function remove(id: string, isSoft: boolean): Promise<void> {
    await inTransaction(auth.sql, async (tx) => {
      const user = await findUser(tx, 'id', id);
      if (!user) throw userNotFound();
      if (isSoft) await softDeleteUser(tx, user);
      else await tx`delete from auth.users where id = ${id}`;
    });
  }

  function idOf(text: string): string {
    if (isUuid(text)) return text;
    throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  }

  function pageNumber(text: string | undefined, fallback: number): number {
    if (!text) return fallback;
    if (!/^\d{1,9}$/.test(text)) throw validationFailed('Bad Pagination Parameters');
    return Math.max(1, Number(text));
  }

  return new Hono<AuthEnv>()
    .use('/admin/*', async (c, next) => {
      await requireAdmin(auth, c);
      await next();
    })
    .get('/admin/users', async (c) => {
      const page = pageNumber(c.req.query('page'), 1);
      const perPage = pageNumber(c.req.query('per_page'), 50);
      const filter = (c.req.query('filter') ?? '').replaceAll('\0', '');
      const { users, total } = await inTransaction(auth.sql, (tx) =>
        listUsers(tx, { limit: perPage, offset: (page - 1) * perPage, filter }),
      );
      const lastPage = Math.ceil(total / perPage);
      const linkTo = (target: number, relation: string) => {
        const query = new URLSearchParams({ ...c.req.query(), page: String(target) });
        query.sort();
        return `<${c.req.path}?${query}>; rel="${relation}"`;
      };
      const links = [
        ...(lastPage > page ? [linkTo(page + 1, 'next')] : []),
        linkTo(lastPage, 'last'),
      ];
      c.header('link', links.join(', '));
      c.header('x-total-count', String(total));
      return c.json({ users: users.map(userResponse), aud: 'authenticated' });
    })
    .post('/admin/users', async (c) => {
      const fields = await readFields(c.req.raw);
      const addresses = fields.phone || fields.email;
      return c.json(userResponse(await auth.addresses.run(addresses, () => create(fields))));
    })
    .get('/admin/users/:id', async (c) => {
      const id = idOf(c.req.param('id'));
      const user = await inTransaction(auth.sql, (tx) => findUser(tx, 'id', id, 'unlocked'));
      if (!user) throw userNotFound();
      return c.json(userResponse(user));
    })
    .put('/admin/users/:id', async (c) => {
      const id = idOf(c.req.param('id'));
      return c.json(userResponse(await update(id, await readFields(c.req.raw))));
    })
    .delete('/admin/users/:id', async (c) => {
      const id = idOf(c.req.param('id'));
      const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
      const { should_soft_delete: isSoft } = hasBody
        ? await readBody(c.req.raw, deletionSchema)
        : { should_soft_delete: false };
      await remove(id, isSoft);
      return c.json({});
    });
}
