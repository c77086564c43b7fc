import type { Booking, BookingStatus, JobCodePurpose } from '../types/index.ts';
import { DemoError } from './backend.ts';
import type { Person } from './person.ts';

type BookingMove = Booking['allowed_transitions'][number];

/** What the owner's app is told of a move. */
export async function findMove(
  owner: Person,
  booking_id: string,
  to_status: BookingStatus,
): Promise<BookingMove> {
  const { allowed_transitions } = await owner.karigar.rpc.getBooking({ booking_id });
  const move = allowed_transitions.find((allowed) => allowed.to_status === to_status);
  if (!move) throw new DemoError(`The owner can't make the booking ${to_status}.`);
  return move;
}

/** Which code of the customer the move needs, if any. */
export function codePurpose({ requires_job_code, to_status }: BookingMove): JobCodePurpose | null {
  if (!requires_job_code) return null;
  return to_status === 'completed' ? 'completion' : 'start';
}

/** The customer's app shows the code, the owner types it in. */
export async function confirmWithCode(
  customer: Person,
  owner: Person,
  booking_id: string,
  purpose: JobCodePurpose,
  onCode: (code: string) => void,
): Promise<void> {
  const { code } = await customer.karigar.rpc.issueJobCode({ booking_id, purpose });
  onCode(code);
  await owner.karigar.rpc.confirmJobCode({ booking_id, purpose, job_code: code });
}
