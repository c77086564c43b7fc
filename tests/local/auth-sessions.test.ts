import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomPhone, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl);
});
afterAll(() => auth.stop());

async function signIn(phone = randomPhone(), service = auth) {
  const client = service.client();
  await client.auth.signInWithOtp({ phone });
  const token = service.smsCode(phone);
  const { data, error } = await client.auth.verifyOtp({ phone, token, type: 'sms' });
  if (error || !data.session) throw error ?? new Error('no session');
  return { phone, client, session: data.session };
}

const refresh = (refreshToken: string, service = auth) =>
  service.client().auth.refreshSession({ refresh_token: refreshToken });

/** Lets time pass for everything the token's session remembers. */
async function age(refreshToken: string, seconds: number) {
  await auth.sql`
    update auth.refresh_tokens set updated_at = updated_at - make_interval(secs => ${seconds})
    where session_id = (select session_id from auth.refresh_tokens where token = ${refreshToken})`;
}

describe('I6 refresh', () => {
  it('rotates the token within the same session', async () => {
    const { session } = await signIn();
    const { data, error } = await refresh(session.refresh_token);

    expect(error).toBeNull();
    expect(data.session?.refresh_token).not.toBe(session.refresh_token);
    const before = decodeJwt(session.access_token);
    const after = decodeJwt(data.session?.access_token ?? '');
    expect(after.session_id).toBe(before.session_id);
    expect(after.amr).toEqual(before.amr);
    const [row] = await auth.sql`
      select refreshed_at from auth.sessions where id = ${String(before.session_id)}`;
    expect(row?.refreshed_at).toBeInstanceOf(Date);
  });

  it('gives the active token again to a client that lost the last answer', async () => {
    const { session } = await signIn();
    const first = await refresh(session.refresh_token);
    await age(session.refresh_token, 3600);
    const again = await refresh(session.refresh_token);

    expect(again.error).toBeNull();
    expect(again.data.session?.refresh_token).toBe(first.data.session?.refresh_token);
  });

  it('tolerates an older token for ten seconds', async () => {
    const { session } = await signIn();
    const second = await refresh(session.refresh_token);
    await refresh(second.data.session?.refresh_token ?? '');

    expect((await refresh(session.refresh_token)).error).toBeNull();
  });

  it('revokes the whole family when an older token comes back later', async () => {
    const { session } = await signIn();
    const second = await refresh(session.refresh_token);
    const third = await refresh(second.data.session?.refresh_token ?? '');
    await age(session.refresh_token, 11);

    const stolen = await refresh(session.refresh_token);
    expect(stolen.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' });
    const owner = await refresh(third.data.session?.refresh_token ?? '');
    expect(owner.error).toMatchObject({ code: 'refresh_token_already_used' });
  });

  it('answers requests at the same time with one new token', async () => {
    const { session } = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => refresh(session.refresh_token)),
    );

    expect(answers.map(({ error }) => error)).toEqual(Array(5).fill(null));
    expect(new Set(answers.map(({ data }) => data.session?.refresh_token)).size).toBe(1);
  });

  it('refuses what it never issued', async () => {
    const { error } = await refresh('0123456789ab');
    expect(error).toMatchObject({ status: 400, code: 'refresh_token_not_found' });
  });

  it('is over when the session rested for its lifetime', async () => {
    const { session } = await signIn();
    const { session_id: id } = decodeJwt(session.access_token);
    await auth.sql`
      update auth.sessions set created_at = now() - interval '7 days 1 second'
      where id = ${String(id)}`;
    const { error } = await refresh(session.refresh_token);
    expect(error).toMatchObject({ status: 400, code: 'session_expired' });
  });

  it('carries what changed meanwhile into the new token', async () => {
    const { session } = await signIn();
    await auth.admin().auth.admin.updateUserById(session.user.id, { app_metadata: { tier: 2 } });
    const { data } = await refresh(session.refresh_token);
    expect(decodeJwt(data.session?.access_token ?? '').app_metadata).toMatchObject({ tier: 2 });
  });
});

describe('sign-out', () => {
  const survivors = async (sessions: { refresh_token: string }[]) => {
    const answers = await Promise.all(sessions.map((session) => refresh(session.refresh_token)));
    return answers.map(({ error }) => error?.code ?? 'alive');
  };

  it.each([
    ['global', ['refresh_token_not_found', 'refresh_token_not_found']],
    ['local', ['refresh_token_not_found', 'alive']],
    ['others', ['alive', 'refresh_token_not_found']],
  ] as const)('%s', async (scope, expected) => {
    const mine = await signIn();
    const other = await signIn(mine.phone);
    const stranger = await signIn();
    expect((await mine.client.auth.signOut({ scope })).error).toBeNull();

    expect(await survivors([mine.session, other.session])).toEqual(expected);
    expect(await survivors([stranger.session])).toEqual(['alive']);
    const seen = await auth.client().auth.getUser(mine.session.access_token);
    // The client turns session_not_found into this error of its own.
    expect(seen.error?.name).toBe(scope === 'others' ? undefined : 'AuthSessionMissingError');
  });

  it('of somebody else needs that person’s token', async () => {
    const { session } = await signIn();
    const { error } = await auth.admin().auth.admin.signOut(session.access_token, 'global');
    expect(error).toBeNull();
    expect(await survivors([session])).toEqual(['refresh_token_not_found']);
  });

  it('knows no other scope', async () => {
    const { session } = await signIn();
    const response = await auth.request('/logout?scope=all', {
      method: 'POST',
      headers: { authorization: `Bearer ${session.access_token}` },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code: 'validation_failed' });
  });
});

describe('an anonymous user', () => {
  it('signs in where the project allows it, and stays the same with a phone', async () => {
    const open = await startAuthService(adminUrl, { settings: { anonymousEnabled: true } });
    try {
      const client = open.client();
      const { data, error } = await client.auth.signInAnonymously({
        options: { data: { language: 'hi' } },
      });
      expect(error).toBeNull();
      expect(data.user).toMatchObject({ is_anonymous: true, user_metadata: { language: 'hi' } });
      const claims = decodeJwt(data.session?.access_token ?? '');
      expect(claims).toMatchObject({ is_anonymous: true, amr: [{ method: 'anonymous' }] });

      const phone = randomPhone();
      await client.auth.updateUser({ phone });
      const token = open.smsCode(phone);
      const kept = await open.client().auth.verifyOtp({ phone, token, type: 'phone_change' });
      expect(kept.data.user).toMatchObject({ id: data.user?.id, is_anonymous: false, phone });
      expect(kept.data.user?.app_metadata).toEqual({ provider: 'phone', providers: ['phone'] });
    } finally {
      await open.stop();
    }
  });
});

describe('the user of a token', () => {
  it('reads and changes own data, removing what is null', async () => {
    const { client } = await signIn();
    await client.auth.updateUser({ data: { language: 'hi', theme: 'dark' } });
    const { data } = await client.auth.updateUser({ data: { theme: null, size: 2 } });
    expect(data.user?.user_metadata).toMatchObject({ language: 'hi', size: 2 });
    expect(data.user?.user_metadata).not.toHaveProperty('theme');
    const read = await client.auth.getUser();
    expect(read.data.user?.user_metadata).toEqual(data.user?.user_metadata);
  });

  it('never changes app_metadata or the role', async () => {
    const { session } = await signIn();
    const put = (body: object) =>
      auth.request('/user', {
        method: 'PUT',
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${session.access_token}` },
      });
    const refused = await put({ app_metadata: { admin: true } });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error_code: 'not_admin' });
    expect((await put({ role: 'service_role', is_super_admin: true })).status).toBe(200);
    const { data } = await refresh(session.refresh_token);
    expect(decodeJwt(data.session?.access_token ?? '').role).toBe('authenticated');
  });

  it('sets a password, which ends the other sessions', async () => {
    const { phone, client, session } = await signIn();
    const other = await signIn(phone);
    const password = 'a new secret';
    expect((await client.auth.updateUser({ password })).error).toBeNull();

    expect((await refresh(other.session.refresh_token)).error).not.toBeNull();
    expect((await refresh(session.refresh_token)).error).toBeNull();
    const same = await client.auth.updateUser({ password });
    expect(same.error).toMatchObject({ status: 422, code: 'same_password' });
    const entered = await auth.client().auth.signInWithPassword({ phone, password });
    expect(entered.error).toBeNull();
  });

  it('reauthenticates by a code to the phone', async () => {
    const { phone, client } = await signIn();
    const before = auth.smsCode(phone);
    const count = () => auth.hookCalls.filter(({ body }) => body.sms.phone === phone).length;
    const sent = count();
    expect((await client.auth.reauthenticate()).error).toBeNull();
    expect(count()).toBe(sent + 1);
    expect(auth.smsCode(phone)).toMatch(/^\d{6}$/);
    // It is no code to sign in with.
    const token = auth.smsCode(phone);
    if (token !== before) {
      const { error } = await auth.client().auth.verifyOtp({ phone, token, type: 'sms' });
      expect(error?.code).toBe('otp_expired');
    }
  });

  it('proves itself by a code when its session is old and the password changes', async () => {
    const strict = await startAuthService(adminUrl, {
      settings: { reauthenticatesForPassword: true, sessionTimeboxMs: 48 * 3_600_000 },
    });
    try {
      const { phone, client, session } = await signIn(randomPhone(), strict);
      const { session_id: id } = decodeJwt(session.access_token);
      expect((await client.auth.updateUser({ password: 'while young' })).error).toBeNull();
      const grow = (hours: number) => auth.sql`
        update auth.sessions set created_at = now() - make_interval(hours => ${hours})
        where id = ${String(id)}`;
      await grow(25);
      const password = 'a second secret';
      const bare = await client.auth.updateUser({ password });
      expect(bare.error).toMatchObject({ status: 400, code: 'reauthentication_needed' });
      await client.auth.reauthenticate();
      const nonce = strict.smsCode(phone);
      const wrong = nonce === '000000' ? '000001' : '000000';
      const guessed = await client.auth.updateUser({ password, nonce: wrong });
      expect(guessed.error).toMatchObject({ status: 422, code: 'reauthentication_not_valid' });
      expect((await client.auth.updateUser({ password, nonce })).error).toBeNull();

      await grow(49);
      const late = await refresh(session.refresh_token, strict);
      expect(late.error).toMatchObject({ status: 400, code: 'session_expired' });
    } finally {
      await strict.stop();
    }
  });

  it('is nobody with an expired, foreign or deleted identity', async () => {
    const short = await startAuthService(adminUrl, { accessTokenSeconds: -1 });
    try {
      const { session: foreign } = await signIn();
      const { session: expired } = await signIn(randomPhone(), short);
      const seenBy = (service: AuthService, token: string) => service.client().auth.getUser(token);
      expect((await seenBy(short, expired.access_token)).error).toMatchObject({
        status: 403,
        code: 'bad_jwt',
      });
      expect((await seenBy(short, foreign.access_token)).error?.code).toBe('bad_jwt');

      const { session: deleted } = await signIn();
      await auth.admin().auth.admin.deleteUser(deleted.user.id);
      expect((await seenBy(auth, deleted.access_token)).error).toMatchObject({
        status: 403,
        code: 'user_not_found',
      });
    } finally {
      await short.stop();
    }
  });
});
