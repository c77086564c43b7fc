/** What the database survives: clients that ask too much, misbehave or vanish. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'pg-protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../local/database/index.ts';
import { codes, rows, run, start, sync, WireClient } from './database-client.ts';

let dataDir: string;
let database: Database;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'karigar-endurance-'));
  database = await start(dataDir, 1_000);
  const { client } = await WireClient.login(database.port);
  await client.query('create role postgres login; create table items (id int, name text)');
  client.end();
});
afterAll(async () => {
  await database.stop();
  await rm(dataDir, { recursive: true });
});

const login = async (user?: string, options?: Record<string, string>) =>
  (await WireClient.login(database.port, user, options)).client;

test('returns results of many megabytes', async () => {
  const client = await login();
  const answers = await client.ask(
    serialize.query("select repeat('x', 1000) from generate_series(1, 50000)"),
  );
  expect(rows(answers).length).toBe(50_000);
  const value = 'y'.repeat(20 * 1024 * 1024);
  expect(rows(await client.ask(...run('select length($1)', [value]), sync()))).toEqual([
    String(value.length),
  ]);
  client.end();
});

test('rolls back a transaction that is left idle, and says why', async () => {
  const [sleeper, other] = [await login(), await login()];
  await sleeper.query('truncate items');
  await sleeper.query('begin; insert into items values (1)');
  const waiting = other.query('select count(*) from items');
  const last = await sleeper.closed();
  expect(last).toEqual([expect.objectContaining({ name: 'error', code: '25P03' })]);
  expect(await waiting).toEqual([['0']]);
  other.end();
});

test('the engine survives a session that sets timeouts of its own', async () => {
  const client = await login();
  await client.query(
    "set idle_in_transaction_session_timeout = '100ms'; set idle_session_timeout = '100ms'; set transaction_timeout = '50ms'",
  );
  await client.query('begin');
  expect((await client.closed()).map(({ code }) => code)).toEqual(['25P03']);
  const other = await login();
  expect(await other.query('select 1')).toEqual([['1']]);
  other.end();
});

test('a client that vanishes leaves no transaction behind', async () => {
  const [gone, half, other] = [await login(), await login(), await login()];
  await gone.query('truncate items');
  await gone.query('begin; insert into items values (1)');
  gone.socket.destroy();
  half.send(
    serialize.parse({ text: 'insert into items values (2)' }),
    serialize.bind(),
    serialize.execute(),
    serialize.flush(),
  );
  await half.until('commandComplete');
  half.socket.destroy();
  expect(await other.query('select count(*) from items')).toEqual([['0']]);
  other.end();
});

test('answers what a client asked before it hung up', async () => {
  const client = await login();
  await client.query('truncate items');
  client.send(serialize.query('insert into items values (1)'), serialize.end());
  expect((await client.closed()).map(({ name }) => name)).toEqual([
    'commandComplete',
    'readyForQuery',
  ]);
  const other = await login();
  expect(await other.query('select count(*) from items')).toEqual([['1']]);
  other.end();
});

test('a cancel request takes back a statement that waits', async () => {
  const [holder, { client, greeting }] = [await login(), await WireClient.login(database.port)];
  const key = greeting.find(({ name }) => name === 'backendKeyData');
  await holder.query('begin');
  client.send(serialize.query('select 1'), ...run('select 2'), sync());
  const cancel = async (secret: number) => {
    const canceller = WireClient.open(database.port);
    canceller.send(serialize.cancel(key?.processID ?? 0, secret));
    await canceller.closed();
  };
  await cancel((key?.secretKey ?? 0) ^ 1);
  await cancel(key?.secretKey ?? 0);
  const answers = await client.until('readyForQuery');
  expect(answers).toMatchObject([{ name: 'error', code: '57014' }, { status: 'I' }]);
  await holder.query('commit');
  expect(rows(await client.until('readyForQuery'))).toEqual(['2']);
  client.end();
  holder.end();
});

test('survives recursion without end and too much memory', async () => {
  const client = await login();
  await client.query(
    "create function dive(i int) returns int language plpgsql as 'begin return dive(i + 1); end'",
  );
  const attempts: [string, string][] = [
    ['select dive(1)', '54001'],
    [`select ${'('.repeat(50_000)}1${')'.repeat(50_000)}`, '42601'],
    ["select repeat('[', 200000)::jsonb", '22P02'],
    ["select length(repeat(repeat('x', 1000000), 1000))", '53200'],
  ];
  for (const [text, code] of attempts) {
    await expect(client.query(text)).rejects.toMatchObject({ code });
  }
  expect(await client.query('select 1')).toEqual([['1']]);
  client.end();
});

test('survives errors without number', async () => {
  const client = await login();
  const failing = Array.from({ length: 500 }, () => [...run('select 1/0'), sync()]).flat();
  for (let round = 0; round < 20; round += 1) {
    client.send(...failing);
    for (let index = 0; index < 500; index += 1) await client.until('readyForQuery');
  }
  expect(await client.query('select 1')).toEqual([['1']]);
  client.end();
});

test('refuses what is not the protocol', async () => {
  const client = WireClient.open(database.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(codes(await client.closed())).toEqual(['08P01']);
});
