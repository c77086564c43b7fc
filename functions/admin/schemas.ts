import { z } from '@hono/zod-openapi';

/** What admins send and are answered; the database checks it all again. */
export const reasonSchema = z
  .string()
  .min(1)
  .max(1000)
  .openapi({ description: 'Kept in the log', example: 'Two complaints of fraud, 14 March' });

export const withReasonSchema = z.object({ reason: reasonSchema }).openapi('Reason');

export const providerParamsSchema = z.object({ provider_id: z.uuid() });
export const userParamsSchema = z.object({ user_id: z.uuid() });
export const keyParamsSchema = z.object({ key: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/) });

const marketSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,30}$/)
  .openapi({ example: 'bihar' });
const cursorSchema = z.string().openapi({ description: '`next_cursor` of the page before' });
/** Query parameters are texts. */
const pageSizeSchema = z.coerce.number().int().min(1).max(100);

const page = <T extends z.ZodType>(item: T, name: string) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() }).openapi(name);

export const providerStateSchema = z
  .object({ id: z.uuid(), status: z.string(), verification_status: z.string() })
  .openapi('ProviderState');

export const fingerprintSchema = z
  .string()
  .openapi({ description: 'Of what there is to check; another one when that has changed' });

const queuedProviderSchema = providerStateSchema
  .extend({
    market_id: z.string(),
    slug: z.string(),
    kind: z.string(),
    names: z.record(z.string(), z.string()),
    city: z.string().nullable(),
    address: z.string(),
    fingerprint: fingerprintSchema,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .openapi('QueuedProvider');
export const queueSchema = page(queuedProviderSchema, 'VerificationQueue');
export const queueQuerySchema = z.object({
  market: marketSchema.optional(),
  page_size: pageSizeSchema.optional(),
  cursor: cursorSchema.optional(),
});

export const userStateSchema = z
  .object({
    id: z.uuid(),
    status: z.string(),
    status_reason: z.string().nullable(),
    status_until: z.string().nullable(),
  })
  .openapi('UserState');
export const blockSchema = z
  .object({
    reason: reasonSchema,
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'When the block ends by itself; never without' }),
  })
  .openapi('Block');
export const storySchema = z
  .object({
    profile: z.looseObject({ id: z.uuid(), status: z.string() }),
    account: z.looseObject({ email: z.string().nullable(), phone: z.string().nullable() }),
    roles: z.array(z.string()),
    memberships: z.array(providerStateSchema.loose()),
    bookings: z.object({
      as_customer: z.record(z.string(), z.int()),
      of_businesses: z.record(z.string(), z.int()),
    }),
    last_moves: z.array(z.looseObject({ booking_id: z.uuid(), to_status: z.string() })),
    admin_actions: z.array(z.looseObject({ id: z.uuid(), action: z.string() })),
  })
  .openapi('UserStory');

const actionSchema = z
  .object({
    id: z.uuid(),
    admin_id: z.uuid(),
    action: z.string(),
    resource_type: z.string(),
    resource_id: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
    ip: z.string().nullable(),
    forwarded_for: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('AdminAction');
export const actionsSchema = page(actionSchema, 'AdminActions');
export const actionsQuerySchema = z.object({
  admin_id: z.uuid().optional(),
  action: z.string().optional(),
  resource_type: z.enum(['provider', 'user', 'configuration']).optional(),
  resource_id: z.string().optional(),
  page_size: pageSizeSchema.optional(),
  cursor: cursorSchema.optional(),
});

export const settingSchema = z
  .object({
    key: z.string(),
    market_id: z.string().nullable(),
    version: z.int(),
    value: z.unknown(),
    category: z.string(),
    description: z.string().nullable(),
    is_public: z.boolean(),
    is_active: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .openapi('Setting');
export const settingsSchema = page(settingSchema, 'Settings');
export const settingsQuerySchema = queueQuerySchema.extend({ category: z.string().optional() });
export const setSettingSchema = z
  .object({
    value: z.unknown().openapi({ description: 'Any JSON but null' }),
    reason: reasonSchema,
    market: marketSchema.optional(),
    category: z.string().optional(),
    description: z.string().optional(),
    is_public: z.boolean().optional(),
    is_active: z.boolean().optional(),
    expected_version: z.int().min(0).optional(),
  })
  .openapi('SetSetting');
export const rollBackSchema = z
  .object({
    version: z.int().min(1),
    reason: reasonSchema,
    market: marketSchema.optional(),
  })
  .openapi('RollBack');
const versionSchema = z
  .object({
    version: z.int(),
    value: z.unknown(),
    is_public: z.boolean(),
    is_active: z.boolean(),
    changed_by: z.uuid().nullable(),
    created_at: z.string(),
  })
  .openapi('SettingVersion');
export const versionsSchema = page(versionSchema, 'SettingVersions');
