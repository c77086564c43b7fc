import type { z } from '@hono/zod-openapi';
import { createClient } from '@supabase/supabase-js';
import { platformSettingsSchema, readSettings, type Variables } from '../_shared/env.ts';
import { AppError } from '../_shared/errors.ts';
import type { userStateSchema } from './schemas.ts';

/** Auth counts bans in hours from now; this is for good. */
const forever = '876000h';

/**
 * Makes Auth agree with the database: a banned user gets no new token, by sign-in or refresh.
 * The ban says the same however often it is set.
 */
export async function setBan(
  variables: Variables,
  { id, status, status_until }: z.output<typeof userStateSchema>,
): Promise<void> {
  const { url, secretKey } = readSettings(platformSettingsSchema, variables);
  const auth = createClient(url, secretKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  }).auth.admin;
  const { error } = await auth.updateUserById(id, {
    ban_duration: status === 'active' ? 'none' : durationUntil(status_until),
  });
  if (error) throw new AppError('auth_unavailable', { cause: error });
}

function durationUntil(until: string | null): string {
  if (until === null) return forever;
  const seconds = Math.ceil((Date.parse(until) - Date.now()) / 1000);
  return `${Math.max(seconds, 1)}s`;
}
