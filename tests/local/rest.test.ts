import { setTimeout as wait } from 'node:timers/promises';
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

describe('grants and schemas', () => {
  test('a missing grant is 42501: 401 for anon, 403 for a user, 403 for service_role', async () => {
    const answers = await Promise.all([
      anon.from('hidden').select(),
      user.client.from('hidden').select(),
      gateway.client(gateway.keys.secretKey).from('hidden').select(),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.code])).toEqual([
      [401, '42501'],
      [403, '42501'],
      [403, '42501'],
    ]);
    expect(answers[1]?.error?.hint).toBe(
      'Grant the required privileges to the current role with: ' +
        'GRANT SELECT ON public.hidden TO authenticated;',
    );
  });

  test('column grants hold for select, insert and update', async () => {
    const answers = await Promise.all([
      user.client.from('notes').select('secret'),
      user.client.from('notes').select(),
      user.client.from('notes').insert({ title: 'a', secret: 'b' }),
      user.client.from('notes').update({ mood: 'sad' }).eq('id', 1),
    ]);
    for (const { status, error } of answers) {
      expect([status, error?.code]).toEqual([403, '42501']);
    }
  });

  test('no other schema can be reached', async () => {
    const profile = await user.client.schema('private').from('ledger').select();
    expect([profile.status, profile.error?.code]).toEqual([406, 'PGRST106']);
    const dotted = await user.client.from('private.ledger').select();
    expect([dotted.status, dotted.error?.code]).toEqual([404, 'PGRST205']);
    const embedded = await user.client.from('notes').select('id,ledger(id)');
    expect([embedded.status, embedded.error?.code]).toEqual([400, 'PGRST200']);
    for (const name of ['auth', 'storage', 'extensions', 'realtime']) {
      const { status } = await user.client.schema(name).from('users').select();
      expect(status).toBe(406);
    }
  });

  test("another user's rows are not there", async () => {
    const other = await gateway.user();
    await user.client.from('notes').insert({ title: 'mine' }).throwOnError();
    const { data } = await other.client.from('notes').select('id').eq('title', 'mine');
    expect(data).toEqual([]);
    const update = await other.client
      .from('notes')
      .update({ title: 'theirs' })
      .eq('title', 'mine')
      .select('id');
    expect(update.data).toEqual([]);
  });
});

describe('values', () => {
  const row = {
    title: 'values',
    price: 1.1,
    at: '2026-01-02T03:04:05.678+05:30',
    during: '[2026-01-01T00:00:00Z,2026-01-02T00:00:00Z)',
    mood: 'happy',
    tags: ['a', 'b,c', '"d"'],
    flags: [true, false],
    body: { deep: [1, { x: null }, 'y'] },
    file: '\\xdeadbeef',
    is_done: true,
  };
  const columns = 'title,price,at,during,mood,tags,flags,body,file,is_done';
  const written = {
    ...row,
    at: '2026-01-01T21:34:05.678+00:00',
    during: '["2026-01-01 00:00:00+00","2026-01-02 00:00:00+00")',
  };

  test('are written and read as Postgres writes JSON', async () => {
    const insert = await user.client.from('notes').insert(row).select(columns).single();
    expect(insert.error).toBeNull();
    expect(insert.data).toEqual(written);
    const select = await user.client.from('notes').select(columns).eq('title', 'values').single();
    expect(select.data).toEqual(written);
  });

  test.each([
    ['is_done', true],
    ['file', '\\xdeadbeef'],
    ['body', JSON.stringify(row.body)],
    ['at', row.at],
    ['price', '1.10'],
  ])('filter by %s', async (column, value) => {
    const { data } = await user.client.from('notes').select('title').eq(column, value);
    expect(data).toEqual([{ title: 'values' }]);
  });

  test.each([[{ c: 1 }], [[1, 'x', null]], [5], ['5'], ['text'], [true], [null]])(
    'jsonb holds %j: as argument, in insert and update',
    async (value) => {
      const rpc = await user.client.rpc('echo', { a: 't', b: value });
      expect(rpc.data).toEqual({ a: 't', b: value, c: null });
      const title = `json ${JSON.stringify(value)} ${typeof value}`;
      const insert = await user.client
        .from('notes')
        .insert({ title, body: value })
        .select('body')
        .single();
      expect(insert.data).toEqual({ body: value });
      const update = await user.client
        .from('notes')
        .update({ body: value })
        .eq('title', title)
        .select('body')
        .single();
      expect(update.data).toEqual({ body: value });
    },
  );

  test.each([
    [{ x: [1] }, '{"x":[1]}'],
    [[1, 2], '[1,2]'],
    [5, '5'],
    [false, 'false'],
    ['text', 'text'],
  ])('a text argument given %j is its text', async (value, text) => {
    const { data } = await user.client.rpc('echo', { a: value, c: [true, false] });
    expect(data).toEqual({ a: text, b: {}, c: [true, false] });
  });

  test('rows of a function, at most 1000', async () => {
    const two = await user.client.rpc('numbers', { n: 2 });
    expect(two.data).toEqual([
      { i: 1, half: 0.5, at: '2026-01-01T21:34:05+00:00' },
      { i: 2, half: 1, at: '2026-01-01T21:34:05+00:00' },
    ]);
    const many = await user.client.rpc('numbers', { n: 3000 });
    expect(many.data).toHaveLength(1000);
  });

  test('embedding, counting, ranges and CSV', async () => {
    const { data: note } = await user.client
      .from('notes')
      .select('id')
      .eq('title', 'values')
      .single();
    const comment = await user.client
      .from('comments')
      .insert({ note_id: note?.id, text: 'c' })
      .select('text,note:notes(title,at)')
      .single();
    expect(comment.data).toEqual({ text: 'c', note: { title: 'values', at: written.at } });
    const embedded = await user.client.from('notes').select('comments(text)').eq('id', note?.id);
    expect(embedded.data).toEqual([{ comments: [{ text: 'c' }] }]);
    const counted = await user.client.from('notes').select('id', { count: 'exact', head: true });
    expect(counted.count).toBeGreaterThan(5);
    const page = await user.client.from('notes').select('id', { count: 'exact' }).range(0, 1);
    expect([page.status, page.data?.length]).toEqual([206, 2]);
    const csv = await user.client.from('notes').select('title,price').eq('id', note?.id).csv();
    expect(csv.data).toBe('title,price\nvalues,1.10');
  });
});

describe('what the database is told', () => {
  test('role, claims, method, path, headers, settings of the role', async () => {
    const { data } = await user.client.rpc('context');
    expect(data).toMatchObject({
      role: 'authenticated',
      session: 'authenticator',
      uid: user.id,
      jwt: { sub: user.id, role: 'authenticated', app_metadata: { provider: 'email' } },
      method: 'POST',
      path: '/rpc/context',
      timeout: '8s',
      search_path: '"public", "extensions"',
    });
    expect(data.headers['x-client-info']).toMatch(/supabase-js/);
    expect(data.headers['x-forwarded-for']).toBe('127.0.0.1');
    const get = await user.client.rpc('context', {}, { get: true });
    expect(get.data.method).toBe('GET');
  });

  test('who connects, whatever hops the caller wrote before it', async () => {
    const answer = await gateway.request('/rest/v1/rpc/context', {
      headers: { 'x-forwarded-for': '203.0.113.77' },
    });
    expect(await answer.json()).toMatchObject({
      headers: { 'x-forwarded-for': '203.0.113.77, 127.0.0.1' },
    });
  });

  test('keys without a token', async () => {
    const [publishable, secret] = await Promise.all([
      anon.rpc('context'),
      gateway.client(gateway.keys.secretKey).rpc('context'),
    ]);
    expect(publishable.data).toMatchObject({ role: 'anon', uid: null, timeout: '3s' });
    expect(secret.data).toMatchObject({ role: 'service_role', uid: null });
  });

  test('nothing of a request is left for the next one', async () => {
    await Promise.all(Array.from({ length: 20 }, () => user.client.rpc('context')));
    const answers = await Promise.all(Array.from({ length: 20 }, () => anon.rpc('context')));
    for (const { data } of answers) {
      expect(data).toMatchObject({ role: 'anon', uid: null, jwt: { role: 'anon' } });
    }
  });
});

test('objects created later are known after the notification that DDL sends', async () => {
  await gateway.ctx.sql.unsafe(`
    create function public.later() returns int language sql as 'select 42';
    grant execute on function public.later() to anon;
  `);
  const deadline = Date.now() + 10_000;
  let answer = await anon.rpc('later');
  while (answer.error && Date.now() < deadline) {
    await wait(100);
    answer = await anon.rpc('later');
  }
  expect(answer.data).toBe(42);
});
