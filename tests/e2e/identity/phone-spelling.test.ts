/** One SIM, one account: the same number in another spelling, through the official client. */
import { randomInt, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { startAuthService } from '../../helpers/auth-service.ts';
import { makeUser, signInByPhone, type TestStack, testStack } from '../../helpers/stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});

const digits = (count: number) => String(randomInt(0, 10 ** count)).padStart(count, '0');
/** The spelling that is kept, and one with what is dialled before a number at home. */
const countries: [string, () => [right: string, wrong: string]][] = [
  ['India', () => spell('+91', '0', `98${digits(8)}`)],
  ['Kenya', () => spell('+254', '0', `712${digits(6)}`)],
  ['Kazakhstan', () => spell('+7', '8', `701${digits(7)}`)],
  ['the United States', () => spell('+1', '1', `205555${digits(4)}`)],
];
const spell = (code: string, trunk: string, number: string): [string, string] => [
  `${code}${number}`,
  `${code}${trunk}${number}`,
];
const refusal = (right: string) => ({
  status: 422,
  code: 'unknown',
  message: `Write this number as ${right}.`,
});
const admin = () => stack.client(stack.secretKey).auth.admin;
const usersFound = async (phone: string) => {
  const filter = phone.replace('+', '');
  const url = `${stack.url}/auth/v1/admin/users?filter=${filter}`;
  const answer = await fetch(url, { headers: { apikey: stack.secretKey } });
  return answer.headers.get('x-total-count');
};

describe.each(countries)('in %s', (_, newNumber) => {
  it('another spelling gets neither a code nor an account', async () => {
    const [right, wrong] = newNumber();
    const asked = () => stack.client().auth.signInWithOtp({ phone: wrong });
    expect((await asked()).error).toMatchObject(refusal(right));
    await signInByPhone(right);
    const sent = (await stack.inbox({ to: right })).length;
    expect((await asked()).error).toMatchObject(refusal(right));
    const password = `${randomUUID()}A1`;
    const signedUp = await stack.client().auth.signUp({ phone: wrong, password });
    expect(signedUp.error).toMatchObject(refusal(right));
    expect(await stack.inbox({ to: right })).toHaveLength(sent);
    expect([await usersFound(right), await usersFound(wrong)]).toEqual(['1', '0']);
  });

  it('nobody changes their phone to another spelling, of their own or of another’s', async () => {
    const [taken, asIfFree] = newNumber();
    const [free, misspelled] = newNumber();
    await signInByPhone(taken);
    const { client } = await makeUser();
    const change = async (phone: string) => (await client.auth.updateUser({ phone })).error;
    expect(await change(asIfFree)).toMatchObject(refusal(taken));
    expect(await change(misspelled)).toMatchObject(refusal(free));
    expect((await client.auth.getUser()).data.user).not.toHaveProperty('new_phone');
    expect(await change(taken)).toMatchObject({ status: 422, code: 'phone_exists' });
    expect(await change(free)).toBeNull();
  });
});

it('I1 a banned person does not come back', async () => {
  const [right, wrong] = spell('+91', '0', `98${digits(8)}`);
  const { id } = await signInByPhone(right);
  expect((await admin().updateUserById(id, { ban_duration: '24h' })).error).toBeNull();
  await expect(signInByPhone(wrong)).rejects.toMatchObject(refusal(right));
  await expect(signInByPhone(right)).rejects.toMatchObject({ code: 'user_banned' });
});

it('the wait for another code is not passed', async () => {
  const service = await startAuthService(stack.adminDatabaseUrl, {
    limits: { otpIntervalSeconds: 60 },
    beforeUserCreated: { uri: 'pg-functions://postgres/private/before_user_created', secrets: '' },
  });
  try {
    const [right, wrong] = spell('+91', '0', `98${digits(8)}`);
    const ask = async (phone: string) =>
      (await service.client().auth.signInWithOtp({ phone })).error;
    expect(await ask(right)).toBeNull();
    expect(await ask(right)).toMatchObject({ status: 429, code: 'over_sms_send_rate_limit' });
    expect(await ask(wrong)).toMatchObject(refusal(right));
    expect(service.hookCalls).toHaveLength(1);
  } finally {
    await service.stop();
  }
});

it('who comes without a phone is let in', async () => {
  const service = await startAuthService(stack.adminDatabaseUrl, {
    beforeUserCreated: { uri: 'pg-functions://postgres/private/before_user_created', secrets: '' },
    settings: { anonymousEnabled: true },
  });
  try {
    const { auth } = service.client();
    const email = `${randomUUID()}@example.org`;
    expect((await auth.signUp({ email, password: `${randomUUID()}A1` })).error).toBeNull();
    expect((await auth.signInAnonymously()).error).toBeNull();
    const invited = `${randomUUID()}@example.org`;
    const { error } = await service.admin().auth.admin.inviteUserByEmail(invited);
    expect(error).toBeNull();
  } finally {
    await service.stop();
  }
});

it('whoever goes round the hooks is held by the table, though Auth does not say why', async () => {
  const [right, wrong] = spell('+91', '0', `98${digits(8)}`);
  const failure = { status: 500 };
  expect((await admin().createUser({ phone: wrong })).error).toMatchObject(failure);
  const made = await admin().createUser({ phone: right, phone_confirm: true });
  expect(made.error).toBeNull();
  const changed = await admin().updateUserById(made.data.user?.id ?? '', { phone: wrong });
  expect(changed.error).toMatchObject(failure);

  const answer = await fetch(`${stack.url}/auth/v1/admin/users`, {
    method: 'POST',
    headers: { apikey: stack.secretKey },
    body: JSON.stringify({ phone: wrong }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    422,
    { code: 'PT422', detail: 'phone_misspelled', message: `Write this number as ${right}.` },
  ]);
});

it('a number is free again when its account is deleted softly', async () => {
  const [right] = spell('+91', '0', `98${digits(8)}`);
  const { id } = await signInByPhone(right);
  expect((await admin().deleteUser(id, true)).error).toBeNull();
  expect((await signInByPhone(right)).id).not.toBe(id);
});
