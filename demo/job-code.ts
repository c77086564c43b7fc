import { z } from 'zod';
import type { BookingStatus } from '../types/index.ts';
import type { Person } from './person.ts';

const codeSchema = z.object({ code: z.string() });
const movesSchema = z.object({
  allowed_transitions: z.array(z.object({ to_status: z.string(), requires_job_code: z.boolean() })),
});

export type CodePurpose = 'start' | 'completion';

/** Which code of the customer the owner needs for this move, if any. */
export async function requiredCode(
  owner: Person,
  booking_id: string,
  to_status: BookingStatus,
): Promise<CodePurpose | null> {
  const { data } = await owner.karigar.supabase.rpc('get_booking', { booking_id }).throwOnError();
  const move = movesSchema
    .parse(data)
    .allowed_transitions.find((allowed) => allowed.to_status === to_status);
  if (!move?.requires_job_code) return null;
  return to_status === 'completed' ? 'completion' : 'start';
}

/** The customer's app shows the code, the owner types it in. */
export async function confirmWithCode(
  customer: Person,
  owner: Person,
  booking_id: string,
  purpose: CodePurpose,
  onCode: (code: string) => void,
): Promise<void> {
  const { data } = await customer.karigar.supabase
    .rpc('issue_job_code', { booking_id, purpose })
    .throwOnError();
  const { code } = codeSchema.parse(data);
  onCode(code);
  await owner.karigar.supabase
    .rpc('confirm_job_code', { booking_id, purpose, job_code: code })
    .throwOnError();
}
