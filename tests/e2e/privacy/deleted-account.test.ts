/** An account with a booking goes softly, for good it can't; a business needs a living owner. */
import postgres from 'postgres';
import { beforeAll, expect, it } from 'vitest';
import { isKarigarError } from '../../../types/index.ts';
import { person, submitFirm } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';
import { reasonOf } from '../admin/routes.ts';

beforeAll(async () => {
  await testStack();
});

it('is deleted softly, and the business keeps the booking', async () => {
  const stack = await testStack();
  const admin = stack.client(stack.secretKey);
  await using customer = await person(newPhone(), { market: 'localpro', display_name: 'Gita' });
  const { rpc } = customer.karigar;
  const place = { lat: 26.8547, lng: 81.0044 };
  const { items } = await rpc.searchProviders({ market: 'localpro', query: 'plumber', ...place });
  const provider_id = items[0]?.provider_id ?? '';
  const { data: services } = await admin
    .from('services')
    .select('id')
    .eq('provider_id', provider_id)
    .eq('is_active', true)
    .throwOnError();
  const booking = await rpc.requestBooking({
    provider_id,
    service_ids: [String(services[0]?.id)],
    starts_at: new Date(Math.ceil(Date.now() / 3_600_000 + 43) * 3_600_000).toISOString(),
    location: { address: 'Gomti Nagar', ...place },
  });
  await rpc.registerDevice({ platform: 'android', push_token: `token of ${customer.userId}` });
  const home = { label: 'Home', address: 'Gomti Nagar', ...place };
  await customer.karigar.supabase.from('addresses').insert(home).throwOnError();

  // As a caller without supabase-js, to whom Auth passes the reason on.
  const removed = await fetch(`${stack.url}/auth/v1/admin/users/${customer.userId}`, {
    method: 'DELETE',
    headers: { apikey: stack.secretKey, authorization: `Bearer ${stack.secretKey}` },
    body: JSON.stringify({ should_soft_delete: false }),
  });
  expect([removed.status, await removed.json()]).toMatchObject([
    409,
    { code: 'PT409', detail: 'user_has_history' },
  ]);

  expect((await admin.auth.admin.deleteUser(customer.userId, true)).error).toBeNull();
  const refused: unknown = await rpc.listBookings().catch((error: unknown) => error);
  expect(isKarigarError(refused, 'user_blocked')).toBe(true);
  const { data: kept } = await admin.from('bookings').select('id').eq('id', booking.id);
  expect(kept).toHaveLength(1);
  const left = await Promise.all(
    (['devices', 'addresses', 'sign_ins'] as const).map((table) =>
      admin.from(table).select('user_id').eq('user_id', customer.userId).throwOnError(),
    ),
  );
  expect(left.map(({ data }) => data)).toEqual([[], [], []]);
  const { data: profile } = await admin
    .from('profiles')
    .select('display_name')
    .eq('id', customer.userId)
    .single();
  expect(profile).toEqual({ display_name: null });
}, 60_000);

it('leaves a business that takes no bookings, when it was its only owner', async () => {
  const stack = await testStack();
  const admin = stack.client(stack.secretKey);
  const sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
  await using customer = await person(newPhone(), { market: 'localpro' });
  await using owner = await person(newPhone(), { market: 'localpro' });
  await using heir = await person(newPhone(), { market: 'localpro' });
  const provider_id = await submitFirm(owner, sql);
  await sql.end();
  const status = async () => {
    const { data } = await admin.from('providers').select('status').eq('id', provider_id).single();
    return data?.status;
  };
  await admin.from('providers').update({ status: 'active' }).eq('id', provider_id).throwOnError();
  expect(await status()).toBe('active');

  expect((await admin.auth.admin.deleteUser(owner.userId)).error).toBeNull();
  expect(await status()).toBe('ownerless');
  const { data: hidden } = await customer.karigar.supabase
    .from('providers')
    .select('id')
    .eq('id', provider_id);
  expect(hidden).toEqual([]);
  // As whoever had its page open.
  const { data: services } = await admin
    .from('services')
    .select('id')
    .eq('provider_id', provider_id);
  const request = () =>
    reasonOf(
      customer.karigar.rpc.requestBooking({
        provider_id,
        service_ids: (services ?? []).map(({ id }) => String(id)),
        starts_at: new Date(Date.now() + 86_400_000).toISOString(),
        location: { address: 'Gomti Nagar', lat: 26.8547, lng: 81.0044 },
      }),
    );
  expect(await request()).toBe('409 provider_not_bookable');

  const dead = { provider_id, user_id: owner.userId, role: 'owner' };
  expect((await admin.from('provider_members').insert(dead)).error?.details).toBe(
    'member_inactive',
  );
  const heirs = { provider_id, user_id: heir.userId, role: 'owner' };
  await admin.from('provider_members').insert(heirs).throwOnError();
  expect(await status()).toBe('active');
  expect(await request()).toBe('ok');
  // A ban of Auth is enough.
  await admin.auth.admin.updateUserById(heir.userId, { ban_duration: '24h' });
  expect(await status()).toBe('ownerless');
  await admin.auth.admin.updateUserById(heir.userId, { ban_duration: 'none' });
  expect(await status()).toBe('active');
}, 60_000);
