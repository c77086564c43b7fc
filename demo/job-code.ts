import type { BookingStatus, JobCodePurpose } from '../types/index.ts';
import type { Person } from './person.ts';

/** Which code of the customer the owner needs for this move, if any. */
export async function requiredCode(
  owner: Person,
  booking_id: string,
  to_status: BookingStatus,
): Promise<JobCodePurpose | null> {
  const { allowed_transitions } = await owner.karigar.rpc.getBooking({ booking_id });
  const move = allowed_transitions.find((allowed) => allowed.to_status === to_status);
  if (!move?.requires_job_code) return null;
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
