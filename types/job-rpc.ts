import type { SupabaseClient } from '@supabase/supabase-js';
import { type Booking, bookingSchema } from './bookings.ts';
import { check, read } from './call.ts';
import type { Database } from './database.ts';
import {
  type ConfirmJobCode,
  confirmJobCodeSchema,
  type IssueJobCode,
  issueJobCodeSchema,
  type JobCode,
  jobCodeSchema,
  type LastSeen,
  lastSeenSchema,
  type ProviderLastSeen,
  providerLastSeenAnswerSchema,
  providerLastSeenSchema,
} from './jobs.ts';

/**
 * The functions of the database for the people at a job.
 *
 * @example
 * ```ts
 * const start = (rpc: JobRpc, booking_id: string, job_code: string) =>
 *   rpc.confirmJobCode({ booking_id, purpose: 'start', job_code });
 * ```
 */
export interface JobRpc {
  /**
   * For the customer: a new code for the start or completion of a job; the one before it is void.
   *
   * @example
   * ```ts
   * const { code } = await karigar.rpc.issueJobCode({ booking_id, purpose: 'start' });
   * ```
   */
  issueJobCode(args: IssueJobCode): Promise<JobCode>;
  /**
   * For the business: checks the customer's code and moves the booking on.
   *
   * @example
   * ```ts
   * try {
   *   await karigar.rpc.confirmJobCode({ booking_id, purpose: 'start', job_code: '561166' });
   * } catch (error) {
   *   if (isKarigarError(error, 'wrong_job_code')) show(error.hint);
   *   else throw error;
   * }
   * ```
   */
  confirmJobCode(args: ConfirmJobCode): Promise<Booking>;
  /**
   * Says that the caller is there, to every business that they are a member of.
   *
   * @example
   * ```ts
   * setInterval(() => karigar.rpc.touchPresence(), 60_000);
   * ```
   */
  touchPresence(): Promise<LastSeen>;
  /**
   * When anybody of a business was last there.
   *
   * @example
   * ```ts
   * const { last_seen_at } = await karigar.rpc.providerLastSeen({ provider_id });
   * ```
   */
  providerLastSeen(args: ProviderLastSeen): Promise<LastSeen & { readonly provider_id: string }>;
}

/** @internal */
export function createJobRpc(supabase: SupabaseClient<Database>): JobRpc {
  return {
    async issueJobCode(args) {
      const checked = check(issueJobCodeSchema, args);
      return read(jobCodeSchema, await supabase.rpc('issue_job_code', checked));
    },
    async confirmJobCode(args) {
      const checked = check(confirmJobCodeSchema, args);
      return read(bookingSchema, await supabase.rpc('confirm_job_code', checked));
    },
    async touchPresence() {
      return read(lastSeenSchema, await supabase.rpc('touch_presence'));
    },
    async providerLastSeen(args) {
      const checked = check(providerLastSeenSchema, args);
      return read(providerLastSeenAnswerSchema, await supabase.rpc('provider_last_seen', checked));
    },
  };
}
