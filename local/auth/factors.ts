/** Rows of auth.mfa_factors and auth.mfa_challenges, written as hosted writes them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from './database.ts';

/** What is known of a factor, without its secret. */
const factorSchema = z.object({
  id: z.string(),
  user_id: z.string(),
  friendly_name: z.string().nullable(),
  factor_type: z.enum(['totp', 'phone', 'webauthn']),
  status: z.enum(['unverified', 'verified']),
  phone: z.string().nullable(),
  last_challenged_at: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});
export type Factor = z.infer<typeof factorSchema>;

export const isVerified = ({ status }: Factor): boolean => status === 'verified';

export async function findFactors(tx: Tx, userIds: readonly string[]): Promise<Factor[]> {
  const rows = await tx`
    select
      id, user_id, friendly_name, factor_type, status, phone, last_challenged_at, created_at,
      updated_at
    from auth.mfa_factors where user_id in ${tx([...userIds])} order by created_at, id`;
  return rows.map((row) => factorSchema.parse(row));
}

/** Absent instead of null where GoTrue omits. */
export function factorResponse(factor: Factor) {
  return {
    id: factor.id,
    created_at: factor.created_at.toISOString(),
    updated_at: factor.updated_at.toISOString(),
    status: factor.status,
    friendly_name: factor.friendly_name || undefined,
    factor_type: factor.factor_type,
    phone: factor.phone ?? '',
    last_challenged_at: factor.last_challenged_at?.toISOString() ?? null,
  };
}

/** Unverified factors wait five minutes for their first challenge; with one they last a day. */
export async function deleteExpiredFactors(tx: Tx): Promise<void> {
  await tx`
    delete from auth.mfa_factors as factor
    where status = 'unverified'
      and created_at < now() - interval '5 minutes'
      and (
        created_at < now() - interval '24 hours'
        or not exists (
          select from auth.mfa_challenges as challenge where challenge.factor_id = factor.id
        )
      )`;
}

export async function insertTotpFactor(
  tx: Tx,
  factor: { userId: string; friendlyName: string; secret: string },
): Promise<string> {
  const id = randomUUID();
  await tx`
    insert into auth.mfa_factors (
      id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at
    ) values (
      ${id}, ${factor.userId}, ${factor.friendlyName}, 'totp', 'unverified', ${factor.secret},
      now(), now()
    )`;
  return id;
}

const secretSchema = z.object({ secret: z.string() });

export async function readSecret(tx: Tx, factorId: string): Promise<string> {
  const [row] = await tx`select secret from auth.mfa_factors where id = ${factorId}`;
  return secretSchema.parse(row).secret;
}

/** Makes it a factor that counts, and forgets the attempts at others of its type. */
export async function verifyFactor(tx: Tx, factor: Factor): Promise<void> {
  await tx`
    update auth.mfa_factors set status = 'verified', updated_at = now()
    where id = ${factor.id} and status <> 'verified'`;
  await tx`
    delete from auth.mfa_factors
    where user_id = ${factor.user_id}
      and factor_type = ${factor.factor_type}
      and status = 'unverified'`;
}

const challengeSeconds = 300;

const newChallengeSchema = z.object({ id: z.string(), expires_at: z.number() });

export async function insertChallenge(tx: Tx, factorId: string, ip: string) {
  await tx`
    delete from auth.mfa_challenges
    where factor_id = ${factorId} and created_at < now() - interval '24 hours'`;
  await tx`
    update auth.mfa_factors set last_challenged_at = now(), updated_at = now()
    where id = ${factorId}`;
  const [row] = await tx`
    insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
    values (${randomUUID()}, ${factorId}, now(), ${ip}::inet)
    returning id, floor(extract(epoch from created_at))::int + ${challengeSeconds}::int
      as expires_at`;
  return newChallengeSchema.parse(row);
}

const challengeSchema = z.object({
  id: z.string(),
  is_used: z.boolean(),
  is_same_ip: z.boolean(),
  is_expired: z.boolean(),
});
export type Challenge = z.infer<typeof challengeSchema>;

export async function findChallenge(
  tx: Tx,
  factorId: string,
  id: string,
  ip: string,
): Promise<Challenge | null> {
  const [row] = await tx`
    select
      id,
      verified_at is not null as is_used,
      ip_address = ${ip}::inet as is_same_ip,
      now() > created_at + make_interval(secs => ${challengeSeconds}) as is_expired
    from auth.mfa_challenges where id = ${id} and factor_id = ${factorId}`;
  return row ? challengeSchema.parse(row) : null;
}

export async function useChallenge(tx: Tx, id: string): Promise<void> {
  await tx`update auth.mfa_challenges set verified_at = now() where id = ${id}`;
}

export async function deleteChallenge(tx: Tx, id: string): Promise<void> {
  await tx`delete from auth.mfa_challenges where id = ${id}`;
}
