/** In Bihar the customer shows a code when the work begins, and another when it is done. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Booking, isKarigarError } from '../../../types/index.ts';
import { type Clock, stackClock } from '../../helpers/clock.ts';
import { type Person, person } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

const patna = { address: 'Boring Road, Patna', lat: 25.6129, lng: 85.1179 };
const rowSchema = z.object({ id: z.uuid() });
const phone = newPhone();

let sql: postgres.Sql;
let customer: Person;
let owner: Person;
let stranger: Person;
let providerId: string;
let serviceId: string;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  customer = await person(phone, { market: 'bihar' });
  owner = await person(newPhone(), { market: 'bihar' });
  stranger = await person();
  const names = { hi: 'जाँच', bho: 'जाँच', mai: 'जाँच', en: 'Test' };
  await sql`
    insert into public.categories (market_id, slug, names)
    values ('bihar', 'job-codes-test', ${sql.json(names)})
    on conflict do nothing
  `;
  const made = await owner.karigar.supabase
    .rpc('create_provider', {
      market: 'bihar',
      names: { hi: 'पटना मरम्मत' },
      location: patna,
      categories: ['job-codes-test'],
    })
    .throwOnError();
  providerId = rowSchema.parse(made.data).id;
  const services = await sql<{ id: string }[]>`
    insert into public.services (provider_id, category_id, names, price_amount)
    select provider_id, category_id, '{"hi": "मरम्मत"}', 40000
    from public.provider_categories where provider_id = ${providerId}
    returning id
  `;
  serviceId = services[0]?.id ?? '';
  await sql`update public.providers set status = 'active' where id = ${providerId}`;
});
afterAll(async () => {
  for (const somebody of [customer, owner, stranger]) await somebody[Symbol.asyncDispose]();
  await sql.end();
});

let hours = 0;
/** A booking whose time has come. */
async function accepted(clock: Clock): Promise<Booking> {
  hours += 2;
  const booking = await customer.karigar.rpc.requestBooking({
    provider_id: providerId,
    service_ids: [serviceId],
    starts_at: new Date(Date.now() + hours * 3_600_000).toISOString(),
    location: patna,
  });
  const move = { booking_id: booking.id, to_status: 'confirmed' } as const;
  const confirmed = await owner.karigar.rpc.transitionBooking(move);
  await clock.letPass(booking.id);
  return confirmed;
}

const refusal = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isKarigarError(error)) throw error;
  return `${error.status} ${error.reason}`;
};
/** The code of the newest SMS to the customer. */
async function readCode(): Promise<string> {
  const stack = await testStack();
  const [message] = await stack.inbox({ to: phone, channel: 'sms' });
  return /^\d{6}/.exec(message?.body ?? '')?.[0] ?? '';
}
const codesOf = ({ karigar }: Person) => karigar.functions.otp['job-codes'];

describe('K7 a job in Bihar', () => {
  it('starts and ends with the codes that the customer got by SMS', async () => {
    await using clock = await stackClock();
    const { id: booking_id, number } = await accepted(clock);
    const move = (to_status: 'in_progress' | 'completed') =>
      owner.karigar.rpc.transitionBooking({ booking_id, to_status });
    expect(await refusal(move('in_progress'))).toBe('409 job_code_required');

    // The business asks for it at the door; only the customer's phone gets to know it.
    const sent = await codesOf(owner).$post({ json: { booking_id, purpose: 'start' } });
    const answer = await sent.json();
    expect(answer).toMatchObject({ booking_id, sent_to: `•••${phone.slice(-2)}` });
    const start = await readCode();
    expect(start).toMatch(/^\d{6}$/);
    expect(JSON.stringify(answer)).not.toContain(start);
    const stack = await testStack();
    const [message] = await stack.inbox({ to: phone, channel: 'sms' });
    expect(message?.body).toContain(`काम ${number}`);

    const check = (purpose: 'start' | 'completion', job_code: string) =>
      codesOf(owner).check.$post({ json: { booking_id, purpose, job_code } });
    const inHindi = start.replace(/\d/g, (digit) => '०१२३४५६७८९'[Number(digit)] ?? '');
    const begun = await check('start', inHindi);
    expect(await begun.json()).toEqual({ id: booking_id, status: 'in_progress' });

    expect(await refusal(move('completed'))).toBe('409 job_code_required');
    expect(await refusal(check('completion', start))).toBe('409 job_code_expired');
    await codesOf(customer).$post({ json: { booking_id, purpose: 'completion' } });
    const job_code = (await readCode()).replace(/^.../, '$& ');
    const done = await owner.karigar.rpc.confirmJobCode({
      booking_id,
      purpose: 'completion',
      job_code,
    });
    expect(done).toMatchObject({ id: booking_id, status: 'completed' });
    const history = await customer.karigar.rpc.bookingHistory({ booking_id });
    expect(history.slice(-2).map(({ metadata }) => metadata)).toEqual([
      { job_code: 'start' },
      { job_code: 'completion' },
    ]);
  });

  it('counts wrong codes although they are refused, also when they come all at once', async () => {
    await using clock = await stackClock();
    const { id: booking_id } = await accepted(clock);
    const issued = await customer.karigar.rpc.issueJobCode({ booking_id, purpose: 'start' });
    const wrong = String((Number(issued.code) + 1) % 1_000_000).padStart(6, '0');
    const confirm = (job_code: string) =>
      owner.karigar.rpc.confirmJobCode({ booking_id, purpose: 'start', job_code });
    await expect(confirm(wrong)).rejects.toMatchObject({
      status: 422,
      reason: 'wrong_job_code',
      hint: 'Tries left: 4.',
    });
    const many = await Promise.all(Array.from({ length: 8 }, () => refusal(confirm(wrong))));
    expect(many.filter((outcome) => outcome === '422 wrong_job_code')).toHaveLength(4);
    expect(many.filter((outcome) => outcome === '429 job_code_locked')).toHaveLength(4);
    expect(await refusal(confirm(issued.code))).toBe('429 job_code_locked');

    const again = await customer.karigar.rpc.issueJobCode({ booking_id, purpose: 'start' });
    const key = crypto.randomUUID();
    const right = {
      booking_id,
      purpose: 'start',
      job_code: again.code,
      idempotency_key: key,
    } as const;
    const first = await owner.karigar.rpc.confirmJobCode(right);
    expect(first.status).toBe('in_progress');
    expect(await owner.karigar.rpc.confirmJobCode(right)).toEqual(first);
  });

  it('leaves the customer their own codes, however many the business has sent', async () => {
    await using clock = await stackClock();
    const { id: booking_id } = await accepted(clock);
    const job = { booking_id, purpose: 'start' } as const;
    for (let sent = 0; sent < 10; sent += 1) await codesOf(owner).$post({ json: job });
    expect(await refusal(codesOf(owner).$post({ json: job }))).toBe('429 too_many_job_codes');
    await codesOf(customer).$post({ json: job });
    const { code } = await customer.karigar.rpc.issueJobCode(job);
    const begun = await owner.karigar.rpc.confirmJobCode({ ...job, job_code: code });
    expect(begun.status).toBe('in_progress');
  });

  it('shows the code to the customer alone', async () => {
    await using clock = await stackClock();
    const { id: booking_id } = await accepted(clock);
    const job = { booking_id, purpose: 'start' } as const;
    expect(await refusal(owner.karigar.rpc.issueJobCode(job))).toBe('404 booking_not_found');
    expect(await refusal(stranger.karigar.rpc.issueJobCode(job))).toBe('404 booking_not_found');
    const before = await readCode();
    expect(await refusal(codesOf(stranger).$post({ json: job }))).toBe('404 booking_not_found');
    expect(await readCode()).toBe(before);
    const { code } = await customer.karigar.rpc.issueJobCode(job);
    const check = { ...job, job_code: code };
    expect(await refusal(stranger.karigar.rpc.confirmJobCode(check))).toBe('404 booking_not_found');
    expect(await refusal(customer.karigar.rpc.confirmJobCode(check))).toBe(
      '409 transition_not_allowed',
    );
  });
});
