/** Time moves for the whole stack: a fortnight passes between two calls, and nobody waits. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stackClock } from '../../helpers/clock.ts';
import { bookSoon, type Person, person } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

const place = { address: '12 Vipin Khand, Gomti Nagar', lat: 26.8547, lng: 81.0044 };
const guestPhone = newPhone();
let sql: Sql;
let customer: Person;
let owner: Person;
let guest: Person;
let provider_id: string;

beforeAll(async () => {
  const { databaseUrl } = await testStack();
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  customer = await person(newPhone(), { market: 'localpro' });
  owner = await person(newPhone(), { market: 'localpro' });
  guest = await person(guestPhone, { market: 'localpro' });
  const made = await owner.karigar.rpc.createProvider({
    market: 'localpro',
    names: { en: 'Patient Plumbing' },
    location: place,
    categories: ['plumbing'],
  });
  provider_id = made.id;
  await sql`update public.providers set status = 'active' where id = ${provider_id}`;
});
afterAll(async () => {
  for (const somebody of [customer, owner, guest]) await somebody?.[Symbol.asyncDispose]();
  await sql?.end();
});

const isReal = async () => {
  const [clock] = await sql<{ real: boolean }[]>`select private.now() = now() as real`;
  return clock?.real;
};

it('lets an invitation expire, and finds the clock as it was', async () => {
  const { id: invitation_id } = await owner.karigar.rpc.inviteMember({
    provider_id,
    role: 'crew_member',
    phone: guestPhone,
  });
  const open = async () => (await guest.karigar.rpc.listInvitations()).items.length;
  expect(await open()).toBe(1);
  {
    await using clock = await stackClock();
    await clock.pass('13 days 23 hours');
    expect(await open()).toBe(1);
    await clock.pass('1 hour');
    expect(await open()).toBe(0);
    const late = guest.karigar.rpc.acceptInvitation({ invitation_id });
    await expect(late).rejects.toMatchObject({ reason: 'invitation_closed' });
    expect(await isReal()).toBe(false);
  }
  expect(await isReal()).toBe(true);
  expect(await open()).toBe(1);
});

it('lets a request expire that nobody answers', async () => {
  const [service] = await sql<{ id: string }[]>`
    insert into public.services (provider_id, category_id, names, price_amount)
    select provider_id, category_id, '{"en": "Tap"}', 100
    from public.provider_categories where provider_id = ${provider_id} returning id
  `;
  const service_ids = [service?.id ?? ''];
  const { id: booking_id } = await bookSoon(customer, {
    provider_id,
    service_ids,
    location: place,
  });
  const status = async () => (await customer.karigar.rpc.getBooking({ booking_id })).status;
  await using clock = await stackClock();
  await clock.pass('1 hour');
  await sql`select private.run_booking_timers()`;
  expect(await status()).toBe('requested');
  expect(await clock.reachTimer(booking_id)).toBe(true);
  await sql`select private.run_booking_timers()`;
  expect(await status()).toBe('expired');
});

it('is not moved by a secret key', async () => {
  const stack = await testStack();
  const secret = stack.client(stack.secretKey);
  const hidden = await secret.schema('private').rpc('now');
  expect(hidden.error).toMatchObject({ code: 'PGRST106' });
  const headers = { Date: 'Mon, 01 Jan 2035 00:00:00 GMT', Prefer: 'timezone=Asia/Tokyo' };
  const before = Date.now();
  const { data } = await secret
    .from('categories')
    .insert({
      market_id: 'localpro',
      slug: `clock-${before}`,
      names: { en: 'A', hi: 'अ', ur: 'ا' },
    })
    .select('created_at')
    .setHeader('Date', headers.Date)
    .setHeader('Prefer', `return=representation, ${headers.Prefer}`)
    .single()
    .throwOnError();
  expect(Math.abs(Date.parse(data.created_at) - before)).toBeLessThan(60_000);
  await sql`delete from public.categories where slug = ${`clock-${before}`}`;
});
