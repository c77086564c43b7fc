import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Change, listen, type Notes, on, startNotes } from './realtime-changes-fixture.ts';
import { eventually, join, randomTopic, type TestRealtime } from './realtime-fixture.ts';

let realtime: TestRealtime;
let subscriber: Notes['subscriber'];
let insert: Notes['insert'];
beforeAll(async () => {
  ({ realtime, subscriber, insert } = await startNotes());
}, 120_000);
afterAll(() => realtime?.stop());

describe('changes of a table under policies', () => {
  it('reach whoever may see the row, with the columns of that role', async () => {
    const [mine, theirs] = [await subscriber(), await subscriber()];
    const at = '2026-01-02T03:04:05.678Z';
    const row = { value: 'v', amount: 7, mood: 'glad', done: true, tags: ['a', 'b'], secret: 's' };
    const id = await insert({ owner_id: mine.id, ...row, at });
    await eventually(() => mine.heard.length === 1, 'the insert');
    await realtime.developer`update public.notes set value = 'w' where id = ${id}`;
    await insert({ owner_id: theirs.id, value: 'theirs' });
    // The row is looked up as it stands when the change is told: it has to be there still.
    await eventually(() => mine.heard.length === 2 && theirs.heard.length === 1, 'the update');
    await realtime.developer`delete from public.notes where id = ${id}`;
    await eventually(() => mine.heard.length === 3 && theirs.heard.length === 2, 'changes');

    const [inserted, updated, deleted] = mine.heard;
    expect(inserted).toMatchObject({
      schema: 'public',
      table: 'notes',
      eventType: 'INSERT',
      errors: null,
      old: {},
      new: { id, owner_id: mine.id, value: 'v', amount: 7, mood: 'glad', done: true },
    });
    expect(inserted?.new).toMatchObject({ tags: ['a', 'b'], details: null });
    expect(new Date(String(Object(inserted?.new).at)).toISOString()).toBe(at);
    expect(inserted?.new).not.toHaveProperty('secret');
    expect(Date.parse(inserted?.commit_timestamp ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(updated).toMatchObject({ eventType: 'UPDATE', new: { id, value: 'w' }, old: { id } });
    expect(Object.keys(updated?.old ?? {})).toEqual(['id']);
    expect(deleted).toMatchObject({ eventType: 'DELETE', new: {}, old: { id } });

    // A deleted row can't be checked any more: everybody hears its key, and nothing else.
    expect(theirs.heard.map(({ eventType }) => eventType)).toEqual(['INSERT', 'DELETE']);
    expect(theirs.heard[1]?.old).toEqual({ id });
  });

  it('name the error when the role may not read the key, or there is none', async () => {
    const anonymous = await realtime.client();
    const heard: Change[] = [];
    const channel = anonymous.channel(randomTopic());
    channel.on('postgres_changes', { event: '*', schema: 'public', table: 'notes' }, (change) =>
      heard.push(change),
    );
    await listen(channel);
    await insert({ owner_id: randomUUID(), value: 'v' });
    await eventually(() => heard.length === 1, 'error');
    expect(heard[0]).toMatchObject({ errors: ['Error 401: Unauthorized'], new: {} });

    const keyless = await subscriber({ table: 'keyless' });
    await realtime.developer`insert into public.keyless values ('v')`;
    await eventually(() => keyless.heard.length === 1, 'error');
    expect(keyless.heard[0]?.errors).toEqual(['Error 400: Bad Request, no primary key']);
  });

  it('come in the order of commits, and not at all when rolled back', async () => {
    const { id, heard } = await subscriber({ event: 'INSERT' });
    await realtime.developer
      .begin(async (tx) => {
        await tx`insert into public.notes (owner_id, value) values (${id}, 'never')`;
        throw new Error('rollback');
      })
      .catch(() => {});
    await realtime.developer`
      insert into public.notes (owner_id, value)
      select ${id}::uuid, n from generate_series(1, 1200) n
    `;
    await insert({ owner_id: id, value: 'last' });
    await eventually(() => heard.length === 1201, 'changes', 15_000);
    const values = heard.map((change) => Object(change.new).value);
    expect(values).toEqual([...Array.from({ length: 1200 }, (_, n) => String(n + 1)), 'last']);
  });

  it('are judged by the claims of a new token', async () => {
    const { client, heard } = await subscriber({ event: 'INSERT' });
    const other = randomUUID();
    await client.realtime.setAuth(await realtime.token(other));
    await sleep(50);
    await insert({ owner_id: other, value: 'after' });
    await eventually(() => heard.length === 1, 'change');
    expect(heard[0]?.new).toMatchObject({ value: 'after' });
  });
});

describe('tables without policies', () => {
  it('tell the whole old row when that is their replica identity', async () => {
    const { heard } = await subscriber({ table: 'full_notes', filter: 'value=eq.b' });
    const { developer: sql } = realtime;
    await sql`insert into public.full_notes values (1, 'a')`;
    await sql`update public.full_notes set value = 'b'`;
    await sql`delete from public.full_notes`;
    await eventually(() => heard.length === 2, 'changes');
    expect(heard[0]).toMatchObject({ eventType: 'UPDATE', old: { value: 'a' }, new: { id: 1 } });
    expect(heard[1]).toMatchObject({ eventType: 'DELETE', old: { id: 1, value: 'b' } });
  });

  it('let a deleted row pass filters on its key only', async () => {
    const byKey = await subscriber({ table: 'open_notes', event: 'DELETE', filter: 'id=eq.1' });
    const byValue = await subscriber({
      table: 'open_notes',
      event: 'DELETE',
      filter: 'value=eq.v',
    });
    const { developer: sql } = realtime;
    await sql`insert into public.open_notes values (1, 'v'), (2, 'v')`;
    await sql`delete from public.open_notes`;
    await eventually(() => byKey.heard.length === 1, 'change');
    await sleep(50);
    expect(byKey.heard[0]?.old).toEqual({ id: 1 });
    expect(byValue.heard).toEqual([]);
  });
});

describe('bindings', () => {
  it('of one channel hear each what they asked for, selected columns only', async () => {
    const id = randomUUID();
    const client = await realtime.client({ token: await realtime.token(id), vsn: '1.0.0' });
    const all: Change[] = [];
    const inserts: Change[] = [];
    const narrow: Change[] = [];
    const updates: Change[] = [];
    const channel = client.channel(randomTopic());
    const notes = { schema: 'public', table: 'notes' };
    on(channel, { ...notes, event: '*' }, all);
    on(channel, { ...notes, event: 'INSERT' }, inserts);
    on(channel, { ...notes, event: 'INSERT', select: ['value'] }, narrow);
    on(channel, { ...notes, event: 'UPDATE' }, updates);
    await listen(channel);
    const row = await insert({ owner_id: id, value: 'v', details: 'd' });
    await eventually(() => all.length + inserts.length + narrow.length === 3, 'changes');
    expect(narrow[0]?.new).toEqual({ id: row, value: 'v' });
    expect(inserts[0]?.new).toMatchObject({ details: 'd' });
    expect(updates).toEqual([]);
  });

  it('are waited for when the client asks to, and refuse the join then', async () => {
    const client = await realtime.client({ token: await realtime.token() });
    const options = { config: { postgres_changes_options: { wait: true } } };
    const binding = { event: '*', schema: 'public' } as const;
    const good = client.channel(randomTopic(), options);
    good.on('postgres_changes', { ...binding, table: 'notes' }, () => {});
    await join(good);
    const bad = client.channel(randomTopic(), options);
    bad.on('postgres_changes', { ...binding, table: 'unpublished' }, () => {});
    await expect(join(bad)).rejects.toThrow(
      'RealtimeDisabledForConfiguration: Unable to subscribe',
    );
  });
});

describe('capture', () => {
  const triggers = () => realtime.admin`
    select tgrelid::regclass::text as "table" from pg_trigger where tgname = 'zz_realtime_capture'
  `;

  it('goes on for a subscription that comes while the last one is let go', async () => {
    const last = await subscriber({ table: 'full_notes' });
    let next: ReturnType<Notes['subscriber']> | undefined;
    await realtime.developer.begin(async (tx) => {
      // Holds the next subscription after it has found full_notes watched, before it is there.
      await tx`lock table public.open_notes in row exclusive mode`;
      next = subscriber({ table: '*', event: 'INSERT' });
      await sleep(200);
      await last.client.realtime.disconnect();
      await sleep(200);
    });
    const heard = (await next)?.heard ?? [];
    await sleep(100);
    await realtime.developer`insert into public.full_notes values (1000, 'v')`;
    await eventually(() => heard.length === 1, 'change');
  });

  it('ends with the last subscription, and costs nothing before the first', async () => {
    const clients = [await subscriber({ table: '*' }), await subscriber({ table: 'open_notes' })];
    expect((await triggers()).length).toBeGreaterThanOrEqual(4);
    await realtime.developer`insert into public.open_notes values (99, 'v')`;
    await eventually(() => clients.every(({ heard }) => heard.length === 1), 'changes');
    for (const { client } of clients) await client.realtime.disconnect();
    await eventually(async () => (await triggers()).length === 0, 'nothing watched').catch(
      () => {},
    );
    expect(await realtime.admin`select from realtime.changes`).toHaveLength(0);
  });
});
