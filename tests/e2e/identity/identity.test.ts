/** What belongs to a person: ways to sign in, profile, roles, devices, addresses, wishes. */
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackClock } from '../../helpers/clock.ts';
import { bookSoon, ownerPhone, type Person, person } from '../../helpers/people.ts';
import { makeUser, newPhone, testStack } from '../../helpers/stack.ts';

let customer: Person;
let stranger: Person;

beforeAll(async () => {
  customer = await person(undefined, { market: 'localpro', display_name: 'Meera' });
  stranger = await person(undefined, { market: 'localpro' });
});
afterAll(async () => {
  for (const somebody of [customer, stranger]) await somebody[Symbol.asyncDispose]();
});

const home = {
  label: 'Home',
  address: '12 Vipin Khand, Gomti Nagar',
  city: 'Lucknow',
  postcode: '226010',
  lat: 26.8547,
  lng: 81.0044,
};

describe('I1 ways to sign in', () => {
  it('lead to one account: by phone, then by the e-mail address and password it was given', async () => {
    const stack = await testStack();
    const phone = newPhone();
    const { karigar, userId } = await person(phone);
    const email = `${randomUUID()}@example.org`;
    const password = `${randomUUID()}A1`;
    const { auth } = karigar.supabase;
    expect((await auth.updateUser({ email, password })).error).toBeNull();
    const [mail] = await stack.inbox({ to: email, channel: 'email' });
    const token = /\b\d{6}\b/.exec(mail?.body ?? '')?.[0] ?? '';
    expect((await auth.verifyOtp({ email, token, type: 'email_change' })).error).toBeNull();

    const byPassword = await stack.client().auth.signInWithPassword({ email, password });
    expect(byPassword.data.user).toMatchObject({ id: userId, email, phone: phone.slice(1) });

    const client = stack.client();
    await client.auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
    const [code] = await stack.inbox({ to: email, channel: 'email' });
    const byMail = await client.auth.verifyOtp({
      email,
      token: /\b\d{6}\b/.exec(code?.body ?? '')?.[0] ?? '',
      type: 'email',
    });
    expect(byMail.data.user?.id).toBe(userId);
  });

  it('are of one person each: a phone or address of somebody else is refused', async () => {
    const taken = await makeUser({ phone: newPhone() });
    const stack = await testStack();
    const admin = stack.client(stack.secretKey).auth.admin;
    const { email, phone } = taken.session.user;
    for (const attributes of [{ email: email ?? '' }, { phone: phone ?? '' }]) {
      const { error } = await admin.createUser({ ...attributes, password: randomUUID() });
      expect(error?.code).toMatch(/^(email|phone)_exists$/);
    }
  });
});

describe('I2 profile and roles', () => {
  it('come with the account; several roles fit on one person, who can give themselves none', async () => {
    const stack = await testStack();
    const service = stack.client(stack.secretKey);
    const roles = ['corporate', 'finance'].map((role) => ({ user_id: stranger.userId, role }));
    await service.from('user_roles').insert(roles).throwOnError();
    const { supabase } = stranger.karigar;
    const mine = await supabase.from('user_roles').select('role').order('role').throwOnError();
    expect(mine.data).toEqual([{ role: 'corporate' }, { role: 'finance' }]);
    const more = await supabase
      .from('user_roles')
      .insert({ user_id: stranger.userId, role: 'admin' });
    expect(more.error?.code).toBe('42501');
    const others = await customer.karigar.supabase.from('user_roles').select('role');
    expect(others.data).toEqual([]);
    await service.from('user_roles').delete().eq('user_id', stranger.userId).throwOnError();

    const profiles = await supabase.from('profiles').select('id').throwOnError();
    expect(profiles.data).toEqual([{ id: stranger.userId }]);
  });
});

describe('I3 language, time zone and state', () => {
  it('are the person’s to choose, but for the state', async () => {
    const { supabase } = customer.karigar;
    const own = () => supabase.from('profiles').select().eq('id', customer.userId).single();
    for (const language of ['hi', 'bho', 'mai', 'en', 'ur', 'sw', 'kk', 'ru']) {
      const changes = { language, time_zone: 'Asia/Almaty', photo_path: `${customer.userId}/me` };
      await supabase.from('profiles').update(changes).eq('id', customer.userId).throwOnError();
      expect((await own()).data).toMatchObject({ ...changes, status: 'active' });
    }
    const { client, id } = await makeUser();
    const freed = await client.from('profiles').update({ status: 'active' }).eq('id', id);
    expect(freed.error?.code).toBe('42501');
    const wrong = await supabase
      .from('profiles')
      .update({ time_zone: 'Moon/Crater' })
      .eq('id', customer.userId);
    expect(wrong.error).toMatchObject({ code: 'PT400', details: 'invalid_time_zone' });
  });
});

describe('I4 devices, sign-ins and the second factor', () => {
  it('a device that somebody else signs in on leaves its former user', async () => {
    const push_token = `token ${randomUUID()}`;
    const device = await customer.karigar.rpc.registerDevice({ platform: 'android', push_token });
    expect(device).toMatchObject({ platform: 'android', push_token });
    await stranger.karigar.rpc.registerDevice({ platform: 'android', push_token, name: 'Redmi' });
    const { data } = await customer.karigar.supabase.from('devices').select('push_token');
    expect(data).toEqual([]);
    const { data: taken } = await stranger.karigar.supabase.from('devices').select('name');
    expect(taken).toEqual([{ name: 'Redmi' }]);
  });

  it('every sign-in is remembered with its way, address and program', async () => {
    const { session, client } = await makeUser();
    const { data } = await client.from('sign_ins').select().throwOnError();
    expect(data).toEqual([
      expect.objectContaining({
        id: decodeJwt(session.access_token).session_id,
        method: 'password',
        ip: expect.stringMatching(/^(127\.0\.0\.1|::1)/),
        user_agent: expect.any(String),
      }),
    ]);
    const others = await stranger.karigar.supabase
      .from('sign_ins')
      .select('user_id')
      .neq('user_id', stranger.userId);
    expect(others.data).toEqual([]);
  });

  it('a sign-in comes from where it came from, not from where its headers say', async () => {
    const stack = await testStack();
    const [email, password] = [`${randomUUID()}@example.org`, `${randomUUID()}A1`];
    const account = { email, password, email_confirm: true };
    const made = await stack.client(stack.secretKey).auth.admin.createUser(account);
    expect(made.error).toBeNull();
    const address = '203.0.113.77';
    const signedIn = await fetch(`${stack.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: {
        apikey: stack.publishableKey,
        'content-type': 'application/json',
        'x-forwarded-for': address,
        'cf-connecting-ip': address,
        'x-real-ip': address,
      },
      body: JSON.stringify({ email, password }),
    });
    expect(signedIn.status).toBe(200);
    const { data } = await stack
      .client(stack.secretKey)
      .from('sign_ins')
      .select('ip')
      .eq('user_id', made.data.user?.id ?? '')
      .throwOnError();
    expect(data).toEqual([{ ip: expect.stringMatching(/^(127\.0\.0\.1|::1)/) }]);
  });

  it('an app of codes is the second factor of whoever wants one', async () => {
    const { client } = await makeUser();
    const { mfa } = client.auth;
    const { data: factor, error } = await mfa.enroll({ factorType: 'totp' });
    if (error) throw error;
    const code = new TOTP({ secret: factor.totp.secret }).generate();
    const verified = await mfa.challengeAndVerify({ factorId: factor.id, code });
    expect(verified.error).toBeNull();
    const level = await mfa.getAuthenticatorAssuranceLevel();
    expect(level.data).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
  });
});

describe('I5 addresses, wishes and statistics', () => {
  it('a new default address takes the place of the former, and nobody else sees either', async () => {
    const { supabase } = customer.karigar;
    const office = { ...home, label: 'Office', address: 'Hazratganj', is_default: true };
    await supabase
      .from('addresses')
      .insert({ ...home, is_default: true })
      .throwOnError();
    await supabase.from('addresses').insert(office).throwOnError();
    const { data } = await supabase.from('addresses').select('label, is_default').order('label');
    expect(data).toEqual([
      { label: 'Home', is_default: false },
      { label: 'Office', is_default: true },
    ]);
    const { data: seen } = await stranger.karigar.supabase.from('addresses').select();
    expect(seen).toEqual([]);
    const wrong = await supabase.from('addresses').insert({ ...home, lat: 91 });
    expect(wrong.error).toMatchObject({ code: 'PT400', details: 'invalid_lat' });
  });

  it('two defaults written at once leave one', async () => {
    const { client } = await makeUser();
    const places = Array.from({ length: 8 }, (_, n) => ({ ...home, label: `Place ${n}` }));
    const written = await Promise.all(
      places.map((place) => client.from('addresses').insert({ ...place, is_default: true })),
    );
    expect(written.map(({ error }) => error)).toEqual(places.map(() => null));
    const { data } = await client.from('addresses').select('is_default').throwOnError();
    expect(data).toHaveLength(8);
    expect(data.filter(({ is_default }) => is_default)).toHaveLength(1);
  });

  it('wishes name categories of the market and ways to be told', async () => {
    const { supabase } = customer.karigar;
    const { data: category } = await supabase
      .from('categories')
      .select('id')
      .match({ market_id: 'localpro', slug: 'plumbing' })
      .single()
      .throwOnError();
    const wishes = {
      user_id: customer.userId,
      language: 'ur',
      category_ids: [category.id],
      channels: { push: true, sms: false, whatsapp: true },
    };
    await supabase.from('preferences').upsert(wishes).throwOnError();
    const { data } = await supabase.from('preferences').select().single().throwOnError();
    expect(data).toMatchObject(wishes);
    const wrong = await supabase
      .from('preferences')
      .upsert({ ...wishes, category_ids: [randomUUID()] });
    expect(wrong.error).toMatchObject({ code: 'PT400', details: 'invalid_category_ids' });
  });

  it('statistics tell what was booked, done, cancelled and how it was rated', async () => {
    const owner = await person(ownerPhone);
    const { rpc, supabase } = customer.karigar;
    const { data: service } = await supabase
      .from('services')
      .select('id, provider_id, providers!inner(slug)')
      .eq('providers.slug', 'master-plumber-services')
      .limit(1)
      .single()
      .throwOnError();
    const book = () =>
      bookSoon(customer, {
        provider_id: service.provider_id,
        service_ids: [service.id],
        location: { address: home.address, lat: home.lat, lng: home.lng },
      });
    const [done, given] = [await book(), await book()];
    await rpc.transitionBooking({ booking_id: given.id, to_status: 'cancelled' });
    await using clock = await stackClock();
    for (const to_status of ['confirmed', 'in_progress', 'completed'] as const) {
      if (to_status === 'in_progress') await clock.letPass(done.id);
      await owner.karigar.rpc.transitionBooking({ booking_id: done.id, to_status });
    }
    await rpc.submitReview({ booking_id: done.id, overall: 4 });
    expect(await rpc.customerStatistics()).toMatchObject({
      booking_count: 2,
      completed_count: 1,
      cancelled_count: 1,
      review_count: 1,
      average_rating_given: 4,
    });
    await owner[Symbol.asyncDispose]();
  });
});
