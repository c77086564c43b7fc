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

/** Customers of the firm whom it has invited as managers, each with a booking. */
async function hireCustomers(firm: Firm, count: number) {
  const customers = await race.makeUsers(count);
  await race.sql`
    update auth.users set email_confirmed_at = now() where id = any (${customers}::uuid[])
  `;
  return Promise.all(
    customers.map(async (customer, n) => {
      const booked = await race.request(customer, firm, at(20 * day + n * hour));
      if (!isBooked(booked)) throw new Error(booked);
      const [invitation] = await race.sql<{ id: string }[]>`
        insert into public.provider_invitations (provider_id, role, email, invited_by)
        values (${firm.id}, 'manager', ${`${customer}@example.test`}, ${firm.owner})
        returning id
      `;
      return { customer, booking: booked.booking, invitation: invitation?.id ?? '' };
    }),
  );
}

const accept = (user: string, invitation: string) =>
  race.as(user, async (tx): Promise<Booked> => {
    await tx`select public.accept_invitation(${invitation})`;
    return { booking: '' };
  });

test('an invitation accepted while the customer tries to move the booking for the business', async () => {
  const firm = await race.makeFirm();
  const hired = await hireCustomers(firm, 12);
  const outcomes = await Promise.all(
    hired.flatMap(({ customer, booking, invitation }) => [
      race.move(customer, booking, 'confirmed'),
      accept(customer, invitation),
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
