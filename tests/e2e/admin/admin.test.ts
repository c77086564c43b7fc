/** Admins at work, through the SDK and the function `admin`. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, submitFirm } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';
import { ofFirm, providers, reasonOf, users } from './routes.ts';

let sql: postgres.Sql;
let admin: Person;
let owner: Person;
let customer: Person;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const market = { market: 'localpro' };
  admin = await person(newPhone(), market);
  owner = await person(newPhone(), market);
  customer = await person(newPhone(), market);
  await sql`insert into public.user_roles (user_id, role) values (${admin.userId}, 'admin')`;
});
afterAll(async () => {
  for (const somebody of [admin, owner, customer]) await somebody[Symbol.asyncDispose]();
  await sql.end();
});

describe('O1 a business', () => {
  it('waits in the queue, is verified, suspended and reinstated; the log tells all of it', async () => {
    const firm = await submitFirm(owner, sql);
    const { admin: functions } = admin.karigar.functions;
    const find = async () => {
      const { items } = await customer.karigar.rpc.searchProviders({
        market: 'localpro',
        query: 'Gomti Repairs',
      });
      return items.some(({ provider_id }) => provider_id === firm);
    };
    // Other tests' businesses wait too, so the newest may be some pages away.
    const waiting = [];
    let cursor: string | undefined;
    do {
      const query = { market: 'localpro', page_size: '100', ...(cursor && { cursor }) };
      const page = await (await functions['verification-queue'].$get({ query })).json();
      waiting.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    expect(waiting.find(({ id }) => id === firm)).toMatchObject({
      status: 'pending',
      names: { en: 'Gomti Repairs' },
    });
    expect(await find()).toBe(false);

    const route = functions.providers[providers];
    const verified = await route.verify.$post({ ...ofFirm(firm), json: { notes: 'Licence seen' } });
    expect(await verified.json()).toEqual({
      id: firm,
      status: 'active',
      verification_status: 'verified',
    });
    expect(await find()).toBe(true);
    expect(await reasonOf(route.verify.$post({ ...ofFirm(firm), json: {} }))).toBe(
      '409 decision_not_allowed',
    );
    await route.suspend.$post({ ...ofFirm(firm), json: { reason: 'Complaints' } });
    expect(await find()).toBe(false);
    await route.reinstate.$post({ ...ofFirm(firm), json: { reason: 'Solved' } });
    expect(await find()).toBe(true);

    const log = await functions.actions.$get({
      query: { resource_type: 'provider', resource_id: firm, page_size: '2' },
    });
    const first = await log.json();
    expect(first.items.map(({ action, reason }) => [action, reason])).toEqual([
      ['reinstate_provider', 'Solved'],
      ['suspend_provider', 'Complaints'],
    ]);
    expect(first.items[0]).toMatchObject({
      admin_id: admin.userId,
      ip: '127.0.0.1',
      before: { status: 'suspended' },
      after: { status: 'active' },
    });
    const rest = await functions.actions.$get({
      query: {
        resource_type: 'provider',
        resource_id: firm,
        cursor: first.next_cursor ?? '',
      },
    });
    expect((await rest.json()).items.map(({ action }) => action)).toEqual(['verify_provider']);
  });
});

// Another address of this machine than the one that the function calls from.
const localAddress = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
const made = '203.0.113.77';
const spoofed = Object.fromEntries(
  ['x-forwarded-for', 'cf-connecting-ip', 'x-real-ip', 'forwarded', 'x-karigar-client-ip'].map(
    (name) => [name, made],
  ),
);

/** What the log says of a call that comes from `localAddress` and claims to come from elsewhere. */
async function loggedBy(key: string, method: string, path: string, body: object) {
  const stack = await testStack();
  const { data } = await admin.karigar.supabase.auth.getSession();
  const request = httpRequest(`${stack.url}${path}`, {
    method,
    localAddress,
    headers: {
      apikey: stack.publishableKey,
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (X11) Firefox/143.0',
      ...spoofed,
    },
  });
  request.end(JSON.stringify({ ...body, reason: 'Launch' }));
  const [response] = await once(request, 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
  const logged = await admin.karigar.supabase
    .from('admin_actions')
    .select('ip, forwarded_for, user_agent, before, after')
    .eq('resource_id', key)
    .single()
    .throwOnError();
  return logged.data;
}

describe('O1 the log', () => {
  const newKey = () => `e2e_${randomUUID().replaceAll('-', '')}`;

  it('has address and user agent of the admin, not of the function, nor what somebody made up', async () => {
    const key = newKey();
    const path = `/functions/v1/admin/configuration/${key}`;
    expect(await loggedBy(key, 'PUT', path, { value: { rate: 0.12 } })).toMatchObject({
      ip: localAddress,
      forwarded_for: expect.stringMatching(new RegExp(`^${made}, ${localAddress}, `)),
      user_agent: 'Mozilla/5.0 (X11) Firefox/143.0',
      before: null,
      after: { value: { rate: 0.12 }, version: 1 },
    });
  });

  it('has the same of whoever calls the database without the function', async () => {
    const key = newKey();
    const path = '/rest/v1/rpc/set_configuration';
    expect(await loggedBy(key, 'POST', path, { key, value: 1 })).toMatchObject({
      ip: localAddress,
      forwarded_for: `${made}, ${localAddress}`,
    });
  });

  it('is closed to everybody else, as everything of admins is', async () => {
    const firm = await submitFirm(owner, sql);
    for (const { karigar } of [owner, customer]) {
      const { admin: functions } = karigar.functions;
      const json = { reason: 'Because' };
      const refused = [
        functions.actions.$get({ query: {} }),
        functions['verification-queue'].$get({ query: {} }),
        functions.configuration.$get({ query: {} }),
        functions.configuration[':key'].$put({ param: { key: 'x' }, json: { ...json, value: 1 } }),
        functions.providers[providers].verify.$post({ ...ofFirm(firm), json: {} }),
        functions.users[users].$get({ param: { user_id: owner.userId }, query: {} }),
        functions.users[users].block.$post({ param: { user_id: admin.userId }, json }),
        functions.users[users].unblock.$post({ param: { user_id: admin.userId }, json }),
      ];
      const reasons = await Promise.all(refused.map(reasonOf));
      expect(new Set(reasons)).toEqual(new Set(['403 not_allowed']));
    }
    const stack = await testStack();
    const anonymous = await fetch(`${stack.url}/functions/v1/admin/actions`, {
      headers: { apikey: stack.publishableKey },
    });
    expect(anonymous.status).toBe(401);
  });
});

describe('O2 configuration', () => {
  it('is versioned, taken back, and public only where it says so', async () => {
    const key = `e2e_${randomUUID().replaceAll('-', '')}`;
    const { configuration } = admin.karigar.functions.admin;
    const route = configuration[':key'];
    const set = (value: unknown, more = {}) =>
      route.$put({ param: { key }, json: { value, reason: 'Test', ...more } });
    await set('one', { is_public: true, category: 'test', expected_version: 0 });
    await set('two', { expected_version: 1 });
    expect(await reasonOf(set('three', { expected_version: 1 }))).toBe('409 configuration_changed');
    const read = async () => {
      const { data } = await customer.karigar.supabase
        .from('configuration')
        .select('value, version')
        .eq('key', key)
        .throwOnError();
      return data;
    };
    expect(await read()).toEqual([{ value: 'two', version: 2 }]);
    await route['roll-back'].$post({ param: { key }, json: { version: 1, reason: 'Better' } });
    expect(await read()).toEqual([{ value: 'one', version: 3 }]);
    const versions = await route.versions.$get({ param: { key }, query: {} });
    expect((await versions.json()).items.map(({ value }) => value)).toEqual(['one', 'two', 'one']);
    await set('one', { is_public: false });
    expect(await read()).toEqual([]);
    const listed = await configuration.$get({ query: { category: 'test' } });
    expect((await listed.json()).items.map((item) => item.key)).toContain(key);
  });
});
