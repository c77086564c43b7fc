import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { check, read } from './call.ts';
import type { Database } from './database.ts';

const memberRoleSchema = z.enum(['owner', 'manager', 'crew_lead', 'crew_member']);
const providerArguments = { provider_id: z.uuid() };
const memberArguments = { ...providerArguments, user_id: z.uuid() };

const invitationSchema = z.object({
  id: z.uuid(),
  provider_id: z.uuid(),
  provider_names: z.record(z.string(), z.string()),
  role: memberRoleSchema,
  phone: z.string().nullable(),
  email: z.string().nullable(),
  status: z.enum(['pending', 'accepted', 'declined', 'revoked', 'expired']),
  expires_at: z.string(),
  created_at: z.string(),
});
/**
 * An invitation to act for a business.
 *
 * @example
 * ```ts
 * const line = ({ provider_names, role }: Invitation) => `${provider_names.en}: ${role}`;
 * ```
 */
export type Invitation = z.infer<typeof invitationSchema>;

const inviteMemberSchema = z.strictObject({
  ...providerArguments,
  role: memberRoleSchema,
  phone: z.string().optional(),
  email: z.email().optional(),
});
const invitationIdSchema = z.strictObject({ invitation_id: z.uuid() });
const listInvitationsSchema = z.strictObject({ provider_id: z.uuid().optional() });
const removeMemberSchema = z.strictObject(memberArguments);
const changeMemberRoleSchema = z.strictObject({ ...memberArguments, role: memberRoleSchema });
const registerDeviceSchema = z.strictObject({
  platform: z.enum(['ios', 'android', 'web']),
  push_token: z.string().min(1).max(2000),
  name: z.string().max(100).optional(),
  app_version: z.string().max(50).optional(),
});
const deviceSchema = z.object({
  id: z.uuid(),
  platform: z.enum(['ios', 'android', 'web']),
  push_token: z.string(),
  name: z.string().nullable(),
  app_version: z.string().nullable(),
  last_seen_at: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
const customerStatisticsSchema = z.object({
  booking_count: z.int(),
  completed_count: z.int(),
  cancelled_count: z.int(),
  last_completed_at: z.string().nullable(),
  review_count: z.int(),
  average_rating_given: z.number().nullable(),
});
const viewServiceSchema = z.strictObject({ service_id: z.uuid() });
const viewedSchema = z.object({ service_id: z.uuid(), is_counted: z.boolean() });

/**
 * The functions of the database for members of businesses and for a user's own account. Addresses,
 * preferences and sign-ins are tables of the Data API.
 *
 * @example
 * ```ts
 * const join = async (rpc: MembersRpc) => {
 *   const { items } = await rpc.listInvitations();
 *   for (const { id } of items) await rpc.acceptInvitation({ invitation_id: id });
 * };
 * ```
 */
export interface MembersRpc {
  /**
   * Invites whoever has this phone or e-mail.
   *
   * @example
   * ```ts
   * await karigar.rpc.inviteMember({ provider_id, role: 'crew_member', phone: '+919876543210' });
   * ```
   */
  inviteMember(args: z.input<typeof inviteMemberSchema>): Promise<Invitation>;
  /**
   * Open invitations of the caller, or those of a business that the caller manages.
   *
   * @example
   * ```ts
   * const { items } = await karigar.rpc.listInvitations();
   * ```
   */
  listInvitations(
    args?: z.input<typeof listInvitationsSchema>,
  ): Promise<{ readonly items: readonly Invitation[] }>;
  /**
   * Joins the business.
   *
   * @example
   * ```ts
   * await karigar.rpc.acceptInvitation({ invitation_id });
   * ```
   */
  acceptInvitation(args: z.input<typeof invitationIdSchema>): Promise<Invitation>;
  /**
   * Refuses to join.
   *
   * @example
   * ```ts
   * await karigar.rpc.declineInvitation({ invitation_id });
   * ```
   */
  declineInvitation(args: z.input<typeof invitationIdSchema>): Promise<Invitation>;
  /**
   * Takes an invitation of the business back.
   *
   * @example
   * ```ts
   * await karigar.rpc.revokeInvitation({ invitation_id });
   * ```
   */
  revokeInvitation(args: z.input<typeof invitationIdSchema>): Promise<Invitation>;
  /**
   * Removes a member, or the caller.
   *
   * @example
   * ```ts
   * await karigar.rpc.removeMember({ provider_id, user_id });
   * ```
   */
  removeMember(
    args: z.input<typeof removeMemberSchema>,
  ): Promise<z.infer<typeof removeMemberSchema>>;
  /**
   * Gives a member another role.
   *
   * @example
   * ```ts
   * await karigar.rpc.changeMemberRole({ provider_id, user_id, role: 'crew_lead' });
   * ```
   */
  changeMemberRole(
    args: z.input<typeof changeMemberRoleSchema>,
  ): Promise<z.infer<typeof changeMemberRoleSchema>>;
  /**
   * Has push messages sent to this device, or says that it was seen again.
   *
   * @example
   * ```ts
   * await karigar.rpc.registerDevice({ platform: 'android', push_token });
   * ```
   */
  registerDevice(args: z.input<typeof registerDeviceSchema>): Promise<z.infer<typeof deviceSchema>>;
  /**
   * How many bookings the caller has made.
   *
   * @example
   * ```ts
   * const { completed_count } = await karigar.rpc.customerStatistics();
   * ```
   */
  customerStatistics(): Promise<z.infer<typeof customerStatisticsSchema>>;
  /**
   * Counts that the caller looked at a service.
   *
   * @example
   * ```ts
   * await karigar.rpc.viewService({ service_id });
   * ```
   */
  viewService(args: z.input<typeof viewServiceSchema>): Promise<z.infer<typeof viewedSchema>>;
}

/** @internal */
export function createMembersRpc(supabase: SupabaseClient<Database>): MembersRpc {
  return {
    async inviteMember(args) {
      const checked = check(inviteMemberSchema, args);
      return read(invitationSchema, await supabase.rpc('invite_member', checked));
    },
    async listInvitations(args = {}) {
      const checked = check(listInvitationsSchema, args);
      const page = z.object({ items: z.array(invitationSchema) });
      return read(page, await supabase.rpc('list_invitations', checked));
    },
    async acceptInvitation(args) {
      const checked = check(invitationIdSchema, args);
      return read(invitationSchema, await supabase.rpc('accept_invitation', checked));
    },
    async declineInvitation(args) {
      const checked = check(invitationIdSchema, args);
      return read(invitationSchema, await supabase.rpc('decline_invitation', checked));
    },
    async revokeInvitation(args) {
      const checked = check(invitationIdSchema, args);
      return read(invitationSchema, await supabase.rpc('revoke_invitation', checked));
    },
    async removeMember(args) {
      const checked = check(removeMemberSchema, args);
      return read(removeMemberSchema, await supabase.rpc('remove_member', checked));
    },
    async changeMemberRole(args) {
      const checked = check(changeMemberRoleSchema, args);
      return read(changeMemberRoleSchema, await supabase.rpc('change_member_role', checked));
    },
    async registerDevice(args) {
      const checked = check(registerDeviceSchema, args);
      return read(deviceSchema, await supabase.rpc('register_device', checked));
    },
    async customerStatistics() {
      return read(customerStatisticsSchema, await supabase.rpc('customer_statistics'));
    },
    async viewService(args) {
      const checked = check(viewServiceSchema, args);
      return read(viewedSchema, await supabase.rpc('view_service', checked));
    },
  };
}
