/** A blocked user holds a token that is still valid, and gets nothing for it. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, place, submitFirm } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';
import { ofFirm, providers, reasonOf, users } from '../admin/routes.ts';

let sql: postgres.Sql;
let admin: Person;
let owner: Person;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const market = { market: 'localpro' };
  admin = await person(newPhone(), market);
  owner = await person(newPhone(), market);
  await sql`insert into public.user_roles (user_id, role) values (${admin.userId}, 'admin')`;
});
afterAll(async () => {
  for (const somebody of [admin, owner]) await somebody[Symbol.asyncDispose]();
  await sql.end();
});

describe('O1 a blocked user', () => {
  /** What one token gets by each of the ways to the backend. */
  async function tryEverything(
    { karigar, userId }: Person,
    subject: { booking_id: string; conversation: string; picture: string },
  ): Promise<Record<string, string>> {
    const { supabase, rpc, functions } = karigar;
    const rows = await supabase.from('bookings').select('id');
    const written = await supabase
      .from('profiles')
      .update({ display_name: 'Somebody' })
      .eq('id', userId)
      .select('id');
    const media = supabase.storage.from('chat-media');
    const uploaded = await media.upload(
      `${subject.conversation}/${randomUUID()}.png`,
      new Blob(['picture'], { type: 'image/png' }),
      { contentType: 'image/png' },
    );
    const downloaded = await media.download(subject.picture);
    const joined = await new Promise<string>((resolve) => {
      const channel = supabase.channel(`booking:${subject.booking_id}`, {
        config: { private: true },
      });
      channel.subscribe((status) => resolve(status));
    });
    await supabase.removeAllChannels();
    return {
      rows: rows.error?.message ?? `${rows.data?.length} rows`,
      written: written.error?.message ?? `${written.data?.length} rows`,
      rpc: await reasonOf(rpc.getBooking({ booking_id: subject.booking_id })),
      uploaded: uploaded.error ? 'refused' : 'ok',
      downloaded: downloaded.error ? 'refused' : 'ok',
      joined,
      function: await reasonOf(
        functions.otp['job-codes'].$post({
          json: { booking_id: subject.booking_id, purpose: 'start' },
        }),
      ),
    };
  }
  const everything = {
    rows: '1 rows',
    written: '1 rows',
    rpc: 'ok',
    uploaded: 'ok',
    downloaded: 'ok',
    joined: 'SUBSCRIBED',
    function: '409 transition_not_allowed',
  };
  const nothing = {
    rows: '0 rows',
    written: '0 rows',
    rpc: '403 user_blocked',
    uploaded: 'refused',
    downloaded: 'refused',
    joined: 'CHANNEL_ERROR',
    function: '403 user_blocked',
  };

  it('can do nothing at the very next request, with the token they hold', async () => {
    const firm = await submitFirm(owner, sql);
    await admin.karigar.functions.admin.providers[providers].verify.$post({
      ...ofFirm(firm),
      json: {},
    });
    const stack = await testStack();
    const phone = newPhone();
    await using victim = await person(phone, { market: 'localpro' });
    const { supabase, rpc } = victim.karigar;
    const { data: services } = await supabase
      .from('services')
      .select('id')
      .eq('provider_id', firm)
      .throwOnError();
    const { id: booking_id } = await rpc.requestBooking({
      provider_id: firm,
      service_ids: services.map(({ id }) => id),
      starts_at: new Date(Date.now() + 86_400_000).toISOString(),
      location: place,
    });
    const talk = await rpc.startConversation({ kind: 'booking', booking_id });
    const picture = `${talk.id}/${randomUUID()}.png`;
    const laid = await stack
      .client(stack.secretKey)
      .storage.from('chat-media')
      .upload(picture, new Blob(['x'], { type: 'image/png' }), { contentType: 'image/png' });
    expect(laid.error).toBeNull();
    const subject = { booking_id, conversation: talk.id, picture };
    expect(await tryEverything(victim, subject)).toEqual(everything);

    const route = admin.karigar.functions.admin.users[users];
    const param = { user_id: victim.userId };
    const block = () => route.block.$post({ param, json: { reason: 'Fraud' } });
    expect(await (await block()).json()).toMatchObject({ status: 'blocked', status_until: null });
    expect(await tryEverything(victim, subject)).toEqual(nothing);
    // Nor does Auth give out another token.
    const refreshed = await supabase.auth.refreshSession();
    expect(refreshed.error?.code).toBe('user_banned');
    await block();
    const { data: logged } = await admin.karigar.supabase
      .from('admin_actions')
      .select('action')
      .eq('resource_id', victim.userId)
      .throwOnError();
    expect(logged).toEqual([{ action: 'block_user' }]);

    const unblocked = await route.unblock.$post({ param, json: { reason: 'A mistake' } });
    expect(await unblocked.json()).toMatchObject({ status: 'active', status_reason: null });
    await using back = await person(phone);
    expect(back.userId).toBe(victim.userId);
    expect(await tryEverything(back, subject)).toEqual(everything);
    const story = await route.$get({ param, query: { reason: 'Ticket 12' } });
    expect(await story.json()).toMatchObject({
      account: { phone: phone.slice(1), banned_until: null },
      bookings: { as_customer: { requested: 1 } },
      admin_actions: [{ action: 'unblock_user' }, { action: 'block_user' }],
    });
  }, 60_000);

  it('may be blocked for a time; nobody blocks themselves', async () => {
    await using victim = await person();
    const route = admin.karigar.functions.admin.users[users];
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const param = { user_id: victim.userId };
    await route.block.$post({ param, json: { reason: 'Cool down', until } });
    const [account] = await sql<{ seconds: number }[]>`
      select extract(epoch from banned_until - ${until}::timestamptz)::float8 as seconds
      from auth.users where id = ${victim.userId}
    `;
    expect(Math.abs(account?.seconds ?? 1000)).toBeLessThan(5);
    const self = route.block.$post({
      param: { user_id: admin.userId },
      json: { reason: 'Tired' },
    });
    expect(await reasonOf(self)).toBe('409 cannot_block_self');
  });

  it('signs in again when the RPC alone has ended the block', async () => {
    const phone = newPhone();
    await using victim = await person(phone);
    const { supabase } = admin.karigar;
    const user_id = victim.userId;
    await supabase.rpc('block_user', { user_id, reason: 'Fraud' }).throwOnError();
    const refreshed = await victim.karigar.supabase.auth.refreshSession();
    expect(refreshed.error?.code).toBe('user_banned');
    await supabase.rpc('unblock_user', { user_id, reason: 'A mistake' }).throwOnError();
    await using back = await person(phone);
    expect(back.userId).toBe(user_id);
  });

  it('is never the last admin, however two of them race', async () => {
    await using other = await person();
    await sql`insert into public.user_roles (user_id, role) values (${other.userId}, 'admin')`;
    const block = async ({ karigar }: Person, user_id: string) => {
      const { error } = await karigar.supabase.rpc('block_user', { user_id, reason: 'Race' });
      return error?.details ?? 'ok';
    };
    const outcomes = await Promise.all([block(admin, other.userId), block(other, admin.userId)]);
    expect(outcomes.sort()).toEqual(['ok', 'user_blocked']);
    const rows = await sql<{ id: string }[]>`
      select id from public.profiles
      where id in ${sql([admin.userId, other.userId])} and status = 'active'
    `;
    expect(rows).toHaveLength(1);
    await sql`
      update public.profiles set status = 'active' where id in ${sql([admin.userId, other.userId])}
    `;
  });
});
