/** Every RPC has its wrapper, and no wrapper drops a field that the database answers. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKarigar, type Rpc } from '../../types/index.ts';
import { callers } from '../access/matrix.ts';
import { stackClock } from '../helpers/clock.ts';
import { bookSoon, ownerPhone, person } from '../helpers/people.ts';
import { newPhone, testStack } from '../helpers/stack.ts';
import { transport } from '../helpers/transport.ts';

/** RPCs that the SDK leaves out, with the reason. */
const unwrapped = new Map(
  Object.entries({
    'admins call the function admin, which wraps them': [
      'admin_user_story',
      'block_user',
      'list_admin_actions',
      'list_configuration',
      'list_configuration_versions',
      'list_verification_queue',
      'reinstate_provider',
      'reject_provider',
      'review_provider',
      'roll_back_configuration',
      'set_configuration',
      'suspend_provider',
      'unblock_user',
      'verify_provider',
    ],
  }).flatMap(([reason, names]) => names.map((name) => [name, reason])),
);
const rpcs = Object.entries(callers)
  .filter(([name, roles]) => name.startsWith('public.') && /anon|authenticated/.test(roles))
  .map(([name]) => name.replace('public.', ''));
const wrapperOf = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const checked = new Set<string>();
let customer: Rpc;
let owner: Rpc;
let ownerId: string;
let sql: Sql;

/** The wrappers of a person; each answer has to be what came over the wire, no more and no less. */
async function strictRpc(phone: string): Promise<{ rpc: Rpc; userId: string }> {
  const stack = await testStack();
  const { karigar: signedIn, userId } = await person(phone, { market: 'localpro' });
  const { data } = await signedIn.supabase.auth.getSession();
  const answers: unknown[] = [];
  const karigar = createKarigar({
    url: stack.url,
    key: stack.publishableKey,
    realtime: { transport },
    auth: { persistSession: false, autoRefreshToken: false },
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (String(input).includes('/rest/v1/rpc/')) answers.push(await response.clone().json());
      return response;
    },
  });
  if (data.session) await karigar.supabase.auth.setSession(data.session);
  const rpc = new Proxy(karigar.rpc, {
    get(target, name) {
      const wrapper: unknown = Reflect.get(target, name);
      if (typeof wrapper !== 'function') return wrapper;
      return async (...args: unknown[]) => {
        answers.length = 0;
        const result: unknown = await Reflect.apply(wrapper, target, args);
        expect(result, String(name)).toStrictEqual(answers[0]);
        checked.add(String(name));
        return result;
      };
    },
  });
  return { rpc, userId };
}

beforeAll(async () => {
  sql = postgres((await testStack()).databaseUrl, { max: 1, onnotice: () => {} });
  ({ rpc: customer } = await strictRpc(newPhone()));
  ({ rpc: owner, userId: ownerId } = await strictRpc(ownerPhone));
});
afterAll(() => sql?.end());

test('every RPC that clients may call has a wrapper, or a reason to have none', () => {
  const options = { realtime: { transport } };
  const wrappers = Object.keys(
    createKarigar({ url: 'http://127.0.0.1:1', key: 'k', ...options }).rpc,
  );
  expect(wrappers.sort()).toEqual(
    rpcs
      .filter((name) => !unwrapped.has(name))
      .map(wrapperOf)
      .sort(),
  );
  expect([...unwrapped.keys()].filter((name) => !rpcs.includes(name))).toEqual([]);
});

test('search, booking, talk, work and review', async () => {
  const place = { lat: 26.8547, lng: 81.0044 };
  const query = 'Master Plumber Services';
  const { items } = await customer.searchProviders({ market: 'localpro', query, ...place });
  const provider_id = items[0]?.provider_id ?? '';
  const stack = await testStack();
  const { data: services } = await stack
    .client(stack.publishableKey)
    .from('services')
    .select('id')
    .eq('provider_id', provider_id);
  const service_id = String(services?.[0]?.id);
  await customer.viewService({ service_id });
  const asked = {
    provider_id,
    service_ids: [service_id],
    location: { address: 'Gomti Nagar', ...place },
  };
  const booking = await bookSoon({ karigar: { rpc: customer } }, asked);
  const booking_id = booking.id;
  await customer.getBooking({ booking_id });
  await customer.listBookings();
  await customer.customerStatistics();

  const { id: conversation_id } = await customer.startConversation({ kind: 'booking', booking_id });
  const { id: message_id } = await customer.sendMessage({
    conversation_id,
    client_id: randomUUID(),
    body: 'The gate is blue.',
  });
  await owner.listMessages({ conversation_id });
  await owner.getConversation({ conversation_id });
  await owner.listConversations();
  await owner.getBadges();
  await owner.markRead({ conversation_id, message_id });
  await owner.setConversationFlags({ conversation_id, is_pinned: true });

  await owner.transitionBooking({ booking_id, to_status: 'confirmed' });
  await using clock = await stackClock();
  await clock.letPass(booking_id);
  const { code } = await customer.issueJobCode({ booking_id, purpose: 'start' });
  await owner.confirmJobCode({ booking_id, purpose: 'start', job_code: code });
  await owner.transitionBooking({ booking_id, to_status: 'completed' });
  await customer.bookingHistory({ booking_id });
  await owner.touchPresence();
  await customer.providerLastSeen({ provider_id });
  await customer.reviewPhotoFolder({ booking_id });
  await customer.submitReview({ booking_id, overall: 5, comment: 'Good.' });
  await customer.listReviews({ provider_id });
  await customer.providerReputation({ provider_id });
  await owner.customerRating({ booking_id });
  await customer.setUserBlock({ user_id: ownerId });
  await customer.setUserBlock({ user_id: ownerId, is_blocked: false });
}, 60_000);

test('a business begins, and finds its people', async () => {
  const crewPhone = newPhone();
  const { rpc: founder } = await strictRpc(newPhone());
  const { rpc: crew, userId: user_id } = await strictRpc(crewPhone);
  const { id: provider_id } = await founder.createProvider({
    market: 'localpro',
    names: { en: 'Gomti Plumbing' },
    location: { address: '12 Vipin Khand', lat: 26.8547, lng: 81.0044 },
    categories: ['plumbing'],
  });
  const [category] = await sql`
    insert into public.services (provider_id, category_id, names, price_amount)
    select provider_id, category_id, '{"en": "Tap"}', 100
    from public.provider_categories where provider_id = ${provider_id} returning id
  `;
  expect(category).toBeDefined();
  await founder.submitProvider({ provider_id });
  const role = 'crew_member';
  const invite = () => founder.inviteMember({ provider_id, role, phone: crewPhone });
  await founder.revokeInvitation({ invitation_id: (await invite()).id });
  await crew.declineInvitation({ invitation_id: (await invite()).id });
  const { id: invitation_id } = await invite();
  await crew.listInvitations();
  await crew.acceptInvitation({ invitation_id });
  await founder.changeMemberRole({ provider_id, user_id, role: 'crew_lead' });
  await founder.removeMember({ provider_id, user_id });
  await crew.registerDevice({ platform: 'web', push_token: randomUUID() });
}, 60_000);

test('each wrapper was tried above', () => {
  expect([...checked].sort()).toEqual(
    rpcs
      .filter((name) => !unwrapped.has(name))
      .map(wrapperOf)
      .sort(),
  );
});
