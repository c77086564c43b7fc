/** Who joins a business while they act as its customer ends up on one side of each booking. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';
import { at, type Booked, day, type Firm, hour, isBooked, openRace, type Race } from './racers.ts';

let race: Race;

beforeAll(async () => {
  const stack = await testStack();
  race = openRace(stack.databaseUrl);
});

afterAll(() => race?.sql.end());

const accept = (user: string, invitation: string) =>
  race.as(user, async (tx): Promise<Booked> => {
    await tx`select public.accept_invitation(${invitation})`;
    return { booking: '' };
  });

async function invite(firm: Firm, user: string): Promise<string> {
  const [invitation] = await race.sql<{ id: string }[]>`
    insert into public.provider_invitations (provider_id, role, email, invited_by)
    values (${firm.id}, 'manager', ${`${user}@example.test`}, ${firm.owner})
    returning id
  `;
  return invitation?.id ?? '';
}

async function makeCustomers(count: number): Promise<string[]> {
  const customers = await race.makeUsers(count);
  await race.sql`
    update auth.users set email_confirmed_at = now() where id = any (${customers}::uuid[])
  `;
  return customers;
}

test('an invitation accepted while the customer books: one of the two', async () => {
  const firm = await race.makeFirm();
  const customers = await makeCustomers(12);
  const invitations = await Promise.all(customers.map((customer) => invite(firm, customer)));
  const outcomes = await Promise.all(
    customers.flatMap((customer, n) => {
      const both = [
        () => race.request(customer, firm, at(21 * day + n * hour)),
        () => accept(customer, invitations[n] ?? ''),
      ];
      return (n % 2 === 0 ? both : both.reverse()).map((call) => call());
    }),
  );
  for (const [n] of customers.entries()) {
    const pair = outcomes.slice(2 * n, 2 * n + 2);
    expect(pair.filter(isBooked)).toHaveLength(1);
    expect(pair).toContain('own_business');
  }
}, 60_000);

test('a customer who gets a role while they try to move the booking for the business', async () => {
  const firm = await race.makeFirm();
  const hired = await Promise.all(
    (await makeCustomers(12)).map(async (customer, n) => {
      const booked = await race.request(customer, firm, at(20 * day + n * hour));
      if (!isBooked(booked)) throw new Error(booked);
      return { customer, booking: booked.booking };
    }),
  );
  const hire = async (customer: string): Promise<Booked> => {
    await race.sql`
      insert into public.provider_members (provider_id, user_id, role)
      values (${firm.id}, ${customer}, 'manager')
    `;
    return { booking: '' };
  };
  const outcomes = await Promise.all(
    hired.flatMap(({ customer, booking }) => [
      race.move(customer, booking, 'confirmed'),
      hire(customer),
      race.move(customer, booking, 'confirmed'),
      race.move(customer, booking, 'quoted'),
    ]),
  );
  const refusals = outcomes.filter((_, n) => n % 4 !== 1);
  expect(refusals.filter((o) => o !== 'own_business' && o !== 'transition_not_allowed')).toEqual(
    [],
  );
  const members = await race.sql`
    select from public.provider_members where provider_id = ${firm.id} and role = 'manager'
  `;
  expect(members).toHaveLength(12);

  const later = await Promise.all(hired.map((h) => race.move(h.customer, h.booking, 'confirmed')));
  expect([...new Set(later)]).toEqual(['own_business']);
  const [colleague, customer] = hired;
  if (!colleague || !customer) throw new Error('nobody was hired');
  expect(await race.move(colleague.customer, customer.booking, 'confirmed')).toEqual({
    booking: customer.booking,
  });
  const moves = await race.sql`
    select history.actor, history.actor_id = booking.customer_id as by_customer
    from public.booking_status_history as history
    join public.bookings as booking on booking.id = history.booking_id
    where booking.provider_id = ${firm.id} and history.from_status is not null
  `;
  expect(moves).toEqual([{ actor: 'provider', by_customer: false }]);
}, 60_000);
