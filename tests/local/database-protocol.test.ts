/** What clients of every kind may say to the database, and what it has to answer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'pg-protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../local/database/index.ts';
import { codes, names, rows, run, start, sync, WireClient } from './database-client.ts';

let dataDir: string;
let database: Database;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'karigar-protocol-'));
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

test('tells a client at login what Postgres tells', async () => {
  const { client, greeting } = await WireClient.login(database.port, 'postgres', {
    application_name: 'probe',
    options: '-c TimeZone=Asia/Kolkata --statement-timeout=7s',
  });
  const reported = Object.fromEntries(
    greeting.map(({ parameterName, parameterValue }) => [parameterName, parameterValue]),
  );
  expect(reported).toMatchObject({
    application_name: 'probe',
    client_encoding: 'UTF8',
    is_superuser: 'off',
    server_version: expect.stringMatching(/^1[78]/),
    session_authorization: 'postgres',
    standard_conforming_strings: 'on',
    TimeZone: 'Asia/Kolkata',
  });
  expect(greeting.at(-1)?.status).toBe('I');
  expect(await client.query('show statement_timeout')).toEqual([['7s']]);
  client.end();
});

test('reports a parameter that changes', async () => {
  const client = await login();
  const answers = await client.ask(serialize.query("set application_name = 'changed'"));
  expect(answers).toContainEqual(
    expect.objectContaining({ parameterName: 'application_name', parameterValue: 'changed' }),
  );
  client.end();
});

test.each([
  ['an unknown role', 'nobody', {}, '28P01'],
  ['a role that may not log in', 'pg_monitor', {}, '28000'],
  ['another database', 'postgres', { database: 'elsewhere' }, '3D000'],
  ['an unknown setting', 'postgres', { options: '-c nonsense=1' }, '42704'],
  ['a wrong value', 'postgres', { options: '-c work_mem=much' }, '22023'],
  ['replication', 'postgres', { replication: 'true' }, '0A000'],
])('refuses %s', async (_, user, options, code) => {
  const client = await WireClient.connect(database.port, user, options).catch((error) => error);
  const text =
    client instanceof WireClient ? JSON.stringify(await client.closed()) : client.message;
  expect(text).toContain(`"code":"${code}"`);
});

test('refuses a wrong password', async () => {
  const client = await WireClient.connect(database.port, 'postgres', {}, 'wrong');
  expect(codes(await client.closed())).toEqual(['28P01']);
});

test('answers messages that arrive byte by byte', async () => {
  const client = await login();
  const bytes = Buffer.concat([
    ...run('select $1::text', ['slow']),
    sync(),
    serialize.query('select 2'),
  ]);
  for (const byte of bytes) {
    client.socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  expect(rows(await client.until('readyForQuery'))).toEqual(['slow']);
  expect(rows(await client.until('readyForQuery'))).toEqual(['2']);
  client.end();
});

test('answers many exchanges in one packet, an error in the middle', async () => {
  const client = await login();
  client.send(
    ...run('select 1'),
    sync(),
    ...run('select 1/0'),
    ...run('select 3'),
    sync(),
    serialize.query('select 4; select 5'),
    ...run('select 6'),
    sync(),
  );
  expect(rows(await client.until('readyForQuery'))).toEqual(['1']);
  const failed = await client.until('readyForQuery');
  expect([rows(failed), codes(failed)]).toEqual([[], ['22012']]);
  expect(rows(await client.until('readyForQuery'))).toEqual(['4', '5']);
  expect(rows(await client.until('readyForQuery'))).toEqual(['6']);
  client.end();
});

test('answers at Flush, and keeps the exchange open until Sync', async () => {
  const [client, other] = [await login(), await login()];
  client.send(
    serialize.parse({ text: 'select 7' }),
    serialize.describe({ type: 'S' }),
    serialize.flush(),
  );
  expect(names(await client.until('rowDescription'))).toEqual([
    'parseComplete',
    'parameterDescription',
    'rowDescription',
  ]);
  const waiting = other.query('select 8');
  client.send(serialize.bind(), serialize.execute(), serialize.flush());
  expect(rows(await client.until('commandComplete'))).toEqual(['7']);
  expect(names(await client.ask(sync()))).toEqual(['readyForQuery']);
  expect(await waiting).toEqual([['8']]);
  client.end();
  other.end();
});

test('keeps unnamed and named statements of sessions apart', async () => {
  const [one, two] = [await login(), await login()];
  for (const name of ['', 'same']) {
    await one.ask(serialize.parse({ name, text: "select 'one'" }), sync());
    await two.ask(serialize.parse({ name, text: "select 'two'" }), sync());
    await two.query('select 0');
    for (const [client, text] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      const answers = await client.ask(
        serialize.bind({ statement: name }),
        serialize.execute(),
        sync(),
      );
      expect(rows(answers)).toEqual([text]);
    }
  }
  one.end();
  two.end();
});

test('names a statement in errors as its client does', async () => {
  const client = await login();
  await client.ask(serialize.parse({ name: 'mine', text: 'select 1' }), sync());
  const twice = await client.ask(serialize.parse({ name: 'mine', text: 'select 2' }), sync());
  expect(twice[0]).toMatchObject({
    code: '42P05',
    message: 'prepared statement "mine" already exists',
  });
  const unknown = await client.ask(serialize.bind({ statement: 'other' }), sync());
  expect(unknown[0]).toMatchObject({
    code: '26000',
    message: 'prepared statement "other" does not exist',
  });
  await client.query('deallocate mine');
  expect(
    names(await client.ask(serialize.parse({ name: 'mine', text: 'select 2' }), sync())),
  ).toEqual(['parseComplete', 'readyForQuery']);
  expect(names(await client.ask(serialize.close({ type: 'S', name: 'mine' }), sync()))).toEqual([
    'closeComplete',
    'readyForQuery',
  ]);
  client.end();
});

test.each(['discard all', 'deallocate all'])(
  '%s drops the statements of its own session only',
  async (command) => {
    const [one, two] = [await login(), await login()];
    for (const client of [one, two]) {
      await client.ask(serialize.parse({ name: 'kept', text: 'select 1' }), sync());
    }
    await one.query(command);
    const use = [serialize.bind({ statement: 'kept' }), serialize.execute(), sync()];
    expect(codes(await one.ask(...use))).toEqual(['26000']);
    const answers = await two.ask(...use);
    expect(names(answers)).toEqual(['bindComplete', 'dataRow', 'commandComplete', 'readyForQuery']);
    one.end();
    two.end();
  },
);

test('fetches from a portal in portions', async () => {
  const client = await login();
  await client.query('begin');
  client.send(
    serialize.parse({ text: 'select generate_series(1, 5)' }),
    serialize.bind({ portal: 'p' }),
    serialize.execute({ portal: 'p', rows: 2 }),
  );
  const first = await client.ask(sync());
  expect([rows(first), names(first).includes('portalSuspended')]).toEqual([['1', '2'], true]);
  const rest = await client.ask(serialize.execute({ portal: 'p' }), sync());
  expect(rows(rest)).toEqual(['3', '4', '5']);
  await client.query('commit');
  client.end();
});

test('takes COPY data in a simple query, however it is cut', async () => {
  const client = await login();
  await client.query('truncate items');
  const data = Array.from({ length: 5_000 }, (_, id) => `${id}\tname ${id}\n`).join('');
  client.send(serialize.query('copy items from stdin'));
  await client.until('copyInResponse');
  for (let at = 0; at < data.length; at += 997) {
    client.send(serialize.copyData(Buffer.from(data.slice(at, at + 997))));
  }
  const answers = await client.ask(serialize.copyDone());
  expect(answers.at(0)?.text).toBe('COPY 5000');

  const out = await client.ask(serialize.query('copy (table items order by id) to stdout'));
  expect(out.map(({ chunk }) => chunk?.toString() ?? '').join('')).toBe(data);
  client.end();
});

test('takes COPY data in the extended protocol and inside a transaction', async () => {
  const client = await login();
  await client.query('truncate items');
  await client.query('begin');
  client.send(...run('copy items from stdin with (format csv)'), sync());
  await client.until('copyInResponse');
  client.send(serialize.copyData(Buffer.from('1,"one"\n')), serialize.copyDone());
  const answers = await client.ask(sync());
  expect(answers.map(({ text }) => text)).toContain('COPY 1');
  expect(answers.at(-1)?.status).toBe('T');
  await client.query('rollback');
  expect(await client.query('select count(*) from items')).toEqual([['0']]);
  client.end();
});

test('ends a COPY that the client gives up, or that has nowhere to go', async () => {
  const client = await login();
  client.send(serialize.query('copy items from stdin'));
  await client.until('copyInResponse');
  const abandoned = await client.ask(serialize.copyFail('changed my mind'));
  expect(codes(abandoned)).toEqual(['57014']);

  client.send(serialize.query('copy nowhere from stdin'));
  await client.until('copyInResponse');
  client.send(serialize.copyData(Buffer.from('1\n')));
  expect(codes(await client.ask(serialize.copyDone()))).toEqual(['42P01']);
  expect(await client.query('select 1')).toEqual([['1']]);
  client.end();
});

test('is not misled by text that only mentions COPY', async () => {
  const client = await login();
  expect(
    await client.query("select 'x; copy items from stdin' -- ; copy items from stdin"),
  ).toEqual([['x; copy items from stdin']]);
  client.end();
});
