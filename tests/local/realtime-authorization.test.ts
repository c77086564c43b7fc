import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  eventually,
  join,
  privately,
  startRealtime,
  type TestRealtime,
} from './realtime-fixture.ts';

let realtime: TestRealtime;

/** A user whom the policies let into `room:<id>`, or into nothing. */
async function person(isAllowed = true, seconds = 900) {
  const id = randomUUID();
  if (isAllowed) await realtime.developer`insert into public.room_members values (${id})`;
  const token = await realtime.token(id, { seconds });
  return { id, token, client: await realtime.client({ token }) };
}

beforeAll(async () => {
  realtime = await startRealtime();
  await realtime.developer.unsafe(`
    create table public.room_members (user_id uuid primary key);
    grant select on public.room_members to authenticated;
    create policy select_members on realtime.messages for select to authenticated using (
      (select realtime.topic()) like 'room:%' and extension in ('broadcast', 'presence')
      and exists (select from public.room_members m where m.user_id = (select auth.uid()))
    );
    create policy insert_members on realtime.messages for insert to authenticated with check (
      (select realtime.topic()) like 'room:%' and extension = 'broadcast'
      and exists (select from public.room_members m where m.user_id = (select auth.uid()))
    );
    create policy select_lobby on realtime.messages for select to authenticated
      using ((select realtime.topic()) like 'lobby:%');
    create policy insert_lobby on realtime.messages for insert to authenticated
      with check ((select realtime.topic()) like 'lobby:%' and extension = 'presence');
    create policy select_read_only on realtime.messages for select to authenticated
      using ((select realtime.topic()) like 'read-only:%');
    create policy select_broken on realtime.messages for select to authenticated
      using (case when topic like 'broken:%' then 1 / (length(topic) - length(topic)) = 1 end);
  `);
}, 120_000);
afterAll(() => realtime?.stop());

const room = () => `room:${randomUUID()}`;
const refused = (topic: string) =>
  `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`;

describe('private channels', () => {
  it('carry between two members, and refuse a third user and anonymous ones', async () => {
    const topic = room();
    const [one, two, third] = [await person(), await person(), await person(false)];
    const mine = one.client.channel(topic, privately());
    const theirs = two.client.channel(topic, privately());
    const heard = collect<{ payload: unknown }>(theirs, 'e');
    await Promise.all([join(mine), join(theirs)]);
    await expect(join(third.client.channel(topic, privately()))).rejects.toThrow(refused(topic));
    const anonymous = (await realtime.client()).channel(topic, privately());
    await expect(join(anonymous)).rejects.toThrow(refused(topic));

    // The same topic joined publicly is another one: neither hears the other.
    await third.client.removeAllChannels();
    const outsider = third.client.channel(topic);
    const overheard = collect(outsider, 'e');
    await join(outsider);
    await outsider.send({ type: 'broadcast', event: 'e', payload: { forged: true } });
    await mine.send({ type: 'broadcast', event: 'e', payload: { n: 1 } });
    await eventually(() => heard.length > 0, 'broadcast');
    await sleep(50);
    expect(heard.map(({ payload }) => payload)).toEqual([{ n: 1 }]);
    expect(overheard).toEqual([]);
  });

  it('answer an acknowledged broadcast without the right to write by an error', async () => {
    const topic = `read-only:${randomUUID()}`;
    const { client } = await person();
    const stranger = await realtime.client({ token: await realtime.token() });
    const reader = stranger.channel(topic, privately());
    const heard = collect(reader, 'e');
    const channel = client.channel(topic, privately({ ack: true }));
    await Promise.all([join(channel), join(reader)]);
    expect(await channel.send({ type: 'broadcast', event: 'e', payload: {} })).toBe('error');
    await sleep(50);
    expect(heard).toEqual([]);
  });

  it('refuse presence to those who may only broadcast', async () => {
    const { client } = await person();
    const channel = client.channel(room(), privately());
    await join(channel);
    expect(await channel.track({ here: true })).toBe('error');
  });

  it('carry presence to those who may read and write it', async () => {
    const topic = `lobby:${randomUUID()}`;
    const [one, two] = [await person(), await person()];
    const mine = one.client.channel(topic, { config: { private: true, presence: { key: 'one' } } });
    const theirs = two.client.channel(topic, privately());
    mine.on('presence', { event: 'sync' }, () => {});
    theirs.on('presence', { event: 'sync' }, () => {});
    await Promise.all([join(mine), join(theirs)]);
    expect(await mine.track({ here: true })).toBe('ok');
    const { one: metas } = await eventually(
      () => theirs.presenceState().one && theirs.presenceState(),
      'presence',
    );
    expect(metas).toMatchObject([{ here: true }]);
  });

  it('let the secret key in everywhere', async () => {
    const client = await realtime.client({ apiKey: realtime.keys.secretKey });
    const channel = client.channel(room(), privately({ ack: true }));
    await join(channel);
    expect(await channel.send({ type: 'broadcast', event: 'e', payload: {} })).toBe('ok');
  });

  it('refuse when a policy fails', async () => {
    const topic = `broken:${randomUUID()}`;
    const { client } = await person();
    await expect(join(client.channel(topic, privately()))).rejects.toThrow(refused(topic));
  });

  it('leave no trace of their checks', async () => {
    const topic = room();
    const { client } = await person();
    const channel = client.channel(topic, privately({ ack: true }));
    await join(channel);
    await channel.send({ type: 'broadcast', event: 'e', payload: {} });
    const rows = await realtime.admin`select from realtime.messages where topic = ${topic}`;
    expect(rows).toHaveLength(0);
  });

  it('are checked again with each new token, and closed when the right is gone', async () => {
    const topic = room();
    const { id, client } = await person();
    const channel = client.channel(topic, privately());
    const system: unknown[] = [];
    channel.on('system', {}, (payload) => system.push(payload));
    let isClosed = false;
    await new Promise<void>((resolve) => {
      channel.subscribe((status) => {
        if (status === 'SUBSCRIBED') resolve();
        if (status === 'CLOSED') isClosed = true;
      });
    });
    await client.realtime.setAuth(await realtime.token(id, { seconds: 901 }));
    await sleep(100);
    expect(isClosed).toBe(false);
    await realtime.developer`delete from public.room_members where user_id = ${id}`;
    await client.realtime.setAuth(await realtime.token(id, { seconds: 902 }));
    await eventually(() => isClosed, 'close');
    expect(system).toMatchObject([{ extension: 'system', status: 'error', channel: topic }]);
  });
});

describe('tokens', () => {
  it('close the channel when they expire, public ones too', async () => {
    const { client } = await person(true, 2);
    const closed: string[] = [];
    const system: { message: string }[] = [];
    for (const [name, options] of [['public'], ['private', privately()]] as const) {
      const channel = client.channel(room(), options);
      channel.on('system', {}, (payload) => system.push(payload));
      channel.subscribe((status) => {
        if (status === 'CLOSED') closed.push(name);
      });
      await eventually(() => channel.state === 'joined', 'join');
    }
    await eventually(() => closed.length === 2, 'expiry', 4_000);
    expect(system.map(({ message }) => message)).toEqual(
      Array(2).fill('Token has expired 0 seconds ago'),
    );
  });

  it('keep the channel open when one is renewed in time', async () => {
    const { id, client } = await person(true, 2);
    const channel = client.channel(room(), privately());
    await join(channel);
    await client.realtime.setAuth(await realtime.token(id, { seconds: 60 }));
    await sleep(2_300);
    expect(channel.state).toBe('joined');
  });

  it.each([
    ['malformed', 'not-a-token', 'MalformedJWT: The token provided is not a valid JWT'],
    ['expired', () => realtime.token(undefined, { seconds: -5 }), 'InvalidJWTToken: Token has exp'],
    [
      "signed by somebody else's key",
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA',
      'JwtSignatureError: Failed to validate JWT signature',
    ],
  ])('that are %s refuse the join', async (_, token, reason) => {
    const given = typeof token === 'string' ? token : await token();
    const channel = (await realtime.client({ token: given })).channel(room());
    await expect(join(channel)).rejects.toThrow(reason);
  });

  it('of a role that is no client role get in nowhere', async () => {
    for (const role of ['postgres', 'supabase_admin', 'nobody']) {
      const topic = room();
      const token = await realtime.token(undefined, { role });
      const client = await realtime.client({ token });
      await expect(join(client.channel(topic, privately()))).rejects.toThrow(refused(topic));
    }
  });
});

describe('before the upgrade', () => {
  it.each([
    ['no API key', { apikey: '' }, 401],
    ['a wrong API key', { apikey: 'sb_publishable_wrong' }, 401],
    ['an unknown protocol version', { vsn: '9.0.0' }, 403],
  ])('%s is refused', async (_, query, status) => {
    await expect(realtime.socket(query)).rejects.toThrow(`Unexpected server response: ${status}`);
  });
});
