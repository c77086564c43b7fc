/** Who of a business is there: right now, and when last. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KarigarError } from '../../../types/index.ts';
import { ownerPhone, type Person, person } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

const live = { timeout: 5000, interval: 20 };
let sql: postgres.Sql;
let owner: Person;
let member: Person;
let customer: Person;
let providerId: string;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  owner = await person(ownerPhone);
  member = await person(newPhone(), { market: 'localpro' });
  customer = await person(newPhone(), { market: 'localpro' });
  const [firm] = await sql<{ provider_id: string }[]>`
    insert into public.provider_members (provider_id, user_id, role)
    select provider_id, ${member.userId}, 'crew_member'
    from public.provider_members where user_id = ${owner.userId}
    limit 1
    returning provider_id
  `;
  providerId = firm?.provider_id ?? '';
  // Tests that move the clock may have left members who were there in time to come.
  await sql`delete from public.member_presence where provider_id = ${providerId}`;
});
afterAll(async () => {
  for (const somebody of [owner, member, customer]) await somebody[Symbol.asyncDispose]();
  await sql`delete from public.provider_members where user_id = ${member.userId}`;
  await sql.end();
});

/** Keeps what somebody is told. */
function follow({ karigar }: Person, options: { appear?: boolean } = {}) {
  const seen: string[][] = [];
  const errors: KarigarError[] = [];
  const watch = karigar.watchPresence(providerId, (members) => seen.push([...members].sort()), {
    ...options,
    onError: (error) => errors.push(error),
  });
  return { seen, errors, stop: watch.stop };
}

describe('X4 members of a business', () => {
  it('are seen by customers while they are there, also after a cut connection', async () => {
    const before = await customer.karigar.rpc.providerLastSeen({ provider_id: providerId });
    const watch = follow(customer);
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual([]), live);

    const [first, second] = [follow(owner, { appear: true }), follow(member, { appear: true })];
    const both = [owner.userId, member.userId].sort();
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual(both), live);
    await vi.waitFor(() => expect(first.seen.at(-1)).toEqual(both), live);

    member.cutConnection();
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual([owner.userId]), live);
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual(both), { ...live, timeout: 15_000 });

    first.stop();
    second.stop();
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual([]), live);
    watch.stop();
    expect([...watch.errors, ...first.errors, ...second.errors]).toEqual([]);

    const after = await customer.karigar.rpc.providerLastSeen({ provider_id: providerId });
    expect(Date.parse(after.last_seen_at ?? '')).toBeGreaterThan(
      Date.parse(before.last_seen_at ?? '1970-01-01T00:00:00Z'),
    );
    const rows = await customer.karigar.supabase
      .from('member_presence')
      .select('user_id')
      .throwOnError();
    expect(rows.data).toEqual([]);
  }, 30_000);

  it('are whom nobody else can pretend to be', async () => {
    const watch = follow(owner);
    await vi.waitFor(() => expect(watch.seen.at(-1)).toEqual([]), live);
    const pretender = follow(customer, { appear: true });
    await vi.waitFor(() => expect(pretender.seen).toEqual([[]]), live);
    const touched = await customer.karigar.rpc.touchPresence();
    expect(touched).toEqual({ last_seen_at: null });
    expect(watch.seen.flat()).toEqual([]);
    pretender.stop();
    watch.stop();
  });
});
