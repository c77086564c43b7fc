import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatewayUser, startGateway, type TestGateway } from './gateway-fixture.ts';
import { restSchema } from './rest-schema.ts';

let gateway: TestGateway;
let user: GatewayUser;
let anon: SupabaseClient;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.migrate(restSchema);
  user = await gateway.user();
  anon = gateway.client(gateway.keys.publishableKey);
});
afterAll(() => gateway?.stop());

function headers(extra: Record<string, string> = {}): Record<string, string> {
  return {
    authorization: `Bearer ${user.token}`,
    'content-type': 'application/json',
    ...extra,
  };
}

describe('errors', () => {
  test.each([
    ['P0001', 400],
    ['PT409', 409],
    ['PT404', 404],
    ['PT429', 429],
    ['PT999', 500],
    ['P0002', 500],
    ['22023', 400],
    ['23502', 400],
    ['23503', 409],
    ['23505', 409],
    ['23514', 400],
    ['23P01', 400],
    ['25006', 405],
    ['40001', 500],
    ['42501', 403],
    ['42883', 404],
    ['42P01', 404],
    ['42P17', 500],
    ['53400', 500],
    ['53300', 503],
    ['55P03', 500],
    ['57014', 500],
    ['XX000', 500],
    ['ABCDE', 400],
  ])('SQLSTATE %s is answered %i, whole', async (code, status) => {
    const answer = await user.client.rpc('fail', { code, detail: 'slot_taken', hint: 'later' });
    expect(answer.status).toBe(status);
    expect(answer.error).toMatchObject({
      code,
      message: 'failed',
      details: 'slot_taken',
      hint: 'later',
    });
  });

  test('constraints', async () => {
    const notes = () => user.client.from('notes');
    await notes().insert({ title: 'taken' }).throwOnError();
    const answers = await Promise.all([
      notes().insert({ title: 'taken' }),
      notes().insert({ title: 'cheap', price: -1 }),
      notes().insert({ price: 1 }),
      user.client.from('comments').insert({ note_id: 999_999, text: 'x' }),
      notes().select('id').eq('id', 'abc'),
      notes().insert({ title: 'm', mood: 'angry' }),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.code])).toEqual([
      [409, '23505'],
      [400, '23514'],
      [400, '23502'],
      [409, '23503'],
      [400, '22P02'],
      [400, '22P02'],
    ]);
  });

  test('names that are not there', async () => {
    const table = await user.client.from('note').select();
    expect(table.status).toBe(404);
    expect(table.error).toMatchObject({
      code: 'PGRST205',
      message: "Could not find the table 'public.note' in the schema cache",
      hint: "Perhaps you meant the table 'public.notes'",
    });
    const column = await user.client.from('notes').select('nope');
    expect(column.status).toBe(400);
    expect(column.error).toMatchObject({
      code: '42703',
      message: 'column notes.nope does not exist',
    });
    const fn = await user.client.rpc('nope', { a: 1 });
    expect([fn.status, fn.error?.code]).toEqual([404, 'PGRST202']);
    const argument = await user.client.rpc('echo', { zz: 1 });
    expect([argument.status, argument.error?.code]).toEqual([404, 'PGRST202']);
  });

  test('a refused result is undone', async () => {
    const notes = () => user.client.from('notes');
    await notes()
      .insert([{ title: 'two a' }, { title: 'two b' }])
      .throwOnError();
    const single = await notes().update({ price: 7 }).like('title', 'two %').select('id').single();
    expect([single.status, single.error?.code]).toEqual([406, 'PGRST116']);
    const after = await notes().select('price').like('title', 'two %');
    expect(after.data).toEqual([{ price: null }, { price: null }]);
    const none = await notes().select('id').eq('title', 'no such').maybeSingle();
    expect([none.data, none.error]).toEqual([null, null]);
  });

  test.each([
    ['PATCH', 'UPDATE'],
    ['DELETE', 'DELETE'],
  ])('%s of everything is refused', async (method, command) => {
    const title = `still there, ${method}`;
    await user.client.from('notes').insert({ title }).throwOnError();
    const body = method === 'PATCH' ? { body: JSON.stringify({ price: 1 }) } : {};
    const all = await gateway.request('/rest/v1/notes', { method, headers: headers(), ...body });
    expect([all.status, await all.json()]).toEqual([
      400,
      {
        code: '21000',
        message: `${command} requires a WHERE clause`,
        details: null,
        hint: null,
      },
    ]);
    const left = await user.client.from('notes').select('price').eq('title', title);
    expect(left.data).toEqual([{ price: null }]);
    const some = await gateway.request('/rest/v1/notes?title=eq.nobody', {
      method,
      headers: headers(),
      ...body,
    });
    expect(some.status).toBe(204);
  });

  test('Prefer: tx=rollback is kept', async () => {
    const insert = await user.client
      .from('notes')
      .insert({ title: 'undone' })
      .select('title')
      .rollback();
    expect(insert.data).toEqual([{ title: 'undone' }]);
    const after = await user.client.from('notes').select('id').eq('title', 'undone');
    expect(after.data).toEqual([]);
  });

  test("a function's own status is an answer, not a failure", async () => {
    const before = await user.client.from('comments').select('id').eq('text', 'teapot');
    const response = await gateway.request('/rest/v1/rpc/teapot', {
      method: 'POST',
      headers: headers(),
      body: '{}',
    });
    expect([response.status, response.headers.get('x-pot')]).toEqual([418, 'tea']);
    expect(await response.json()).toEqual({ short: true });
    const after = await user.client.from('comments').select('id').eq('text', 'teapot');
    expect(after.data?.length).toBe((before.data?.length ?? 0) + 1);
  });

  test.each([
    ['/rest/v1/rpc/echo', { a: 'x\0y' }],
    ['/rest/v1/rpc/echo', { a: 'x', b: { c: 'x\0y' } }],
    ['/rest/v1/notes', { title: 'x\0y' }],
  ])('a NUL is refused by the JSON it came in: %s %j', async (path, body) => {
    const response = await gateway.request(path, {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        code: '22P05',
        message: 'unsupported Unicode escape sequence',
        details: '\\u0000 cannot be converted to text.',
        hint: null,
      },
    ]);
  });

  // The one backend of the embedded engine can't be interrupted.
  test.skipIf(!process.env.DATABASE_URL)(
    "the role's statement timeout ends a slow call",
    async () => {
      const started = Date.now();
      const { status, error } = await anon.rpc('slow');
      expect([status, error?.code]).toEqual([500, '57014']);
      expect(Date.now() - started).toBeLessThan(6_000);
    },
    15_000,
  );

  test.each([
    ['NUL in the URL', '/rest/v1/notes?title=eq.a%00b', undefined],
    ['NUL in a text', '/rest/v1/rpc/echo', JSON.stringify({ a: 'x\0y' })],
    ['NUL in a jsonb', '/rest/v1/rpc/echo', JSON.stringify({ a: 'x', b: { c: 'x\0y' } })],
    ['NUL in a column', '/rest/v1/notes', JSON.stringify({ title: 'x\0y' })],
    ['broken JSON', '/rest/v1/rpc/echo', '{"a":'],
    ['bytes that are no UTF-8', '/rest/v1/rpc/echo', Buffer.from('{"a":"\xff"}', 'latin1')],
    ['an array for named arguments', '/rest/v1/rpc/echo', '[1]'],
    ['a text for a row', '/rest/v1/notes', '"x"'],
    ['a number for an array', '/rest/v1/notes?tags=cs.1', undefined],
    ['a number in a time', '/rest/v1/notes', JSON.stringify({ title: 'x', at: 5 })],
    ['a prototype as column', '/rest/v1/notes?__proto__=eq.1', undefined],
    ['a prototype in disguise', '/rest/v1/notes?_%5Fproto%5f_=eq.1', undefined],
    ['a prototype as value', '/rest/v1/notes', '{"title":"x","\\u005f_proto__":{"a":1}}'],
    ['an open quote in select', '/rest/v1/notes?select=%22', undefined],
    ['an unknown operator', '/rest/v1/notes?id=almost.1', undefined],
    ['half a logic tree', '/rest/v1/notes?or=(id.eq.1', undefined],
  ])('%s is a 400', async (_name, path, body) => {
    const init = body === undefined ? { headers: headers() } : { method: 'POST', body };
    const response = await gateway.request(path, { ...init, headers: headers() });
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('code');
  });
});

test('no request changes the objects of the process', async () => {
  const names = () => [Object, Object.prototype, Array.prototype].map(Object.getOwnPropertyNames);
  const before = names();
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'constructor.prototype'];
  for (const key of keys) {
    for (const query of [
      `or=(${key}.eq.1)`,
      `not.and=(id.eq.1,or("${key}".eq.1,id.eq.2))`,
      `${key}->a=eq.1`,
      `comments.${key}=eq.1&select=comments(id)`,
      `${key}=eq.1`,
      `select=${key}(id)`,
      `select=x:${key}`,
      `order=${key}`,
    ]) {
      await gateway.request(`/rest/v1/notes?${query}`, { headers: headers() });
    }
    for (const path of ['notes', 'rpc/echo', `rpc/${key}`, key]) {
      const body = JSON.stringify({ [key]: { polluted: 1 }, constructor: { prototype: { p: 1 } } });
      await gateway.request(`/rest/v1/${path}`, { method: 'POST', headers: headers(), body });
    }
  }
  expect(names()).toEqual(before);
  expect((await gateway.request('/nothing')).status).toBe(404);
  const title = 'constructor, toString and __proto__';
  const note = { title, body: { constructor: 1, deep: [{ valueOf: 2 }] } };
  const { data } = await user.client.from('notes').insert(note).select('title,body').single();
  expect(data).toEqual(note);
  const found = await user.client.from('notes').select('title').or(`title.eq."${title}"`);
  expect(found.data).toEqual([{ title }]);
});
