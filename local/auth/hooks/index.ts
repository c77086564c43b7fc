/** The hooks of Auth that the stack calls, over HTTP or in the database, as GoTrue calls them. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { AuthError, unexpectedFailure } from '../errors.ts';
import { type Newcomer, newcomerResponse, userResponse } from '../user-response.ts';
import type { User } from '../users.ts';
import { httpHook } from './http.ts';
import { postgresHook } from './postgres.ts';
import type { HookSettings, HooksSettings } from './settings.ts';

/** What the hook answers; null when it has nothing to say. */
export type CallHook = (payload: unknown) => Promise<unknown>;

export interface Sms {
  readonly user: User;
  /** Digits without "+". */
  readonly phone: string;
  readonly otp: string;
  /** Of the person who asked for the code. */
  readonly ip: string;
}

export interface Hooks {
  sendSms(sms: Sms): Promise<void>;
  /** Null where no such hook is set up. */
  readonly beforeUserCreated: ((user: Newcomer, ip: string) => Promise<void>) | null;
}

const answerSchema = z
  .object({
    error: z
      .object({
        http_code: z.int().min(400).max(599).catch(500),
        message: z.string().catch(''),
      })
      .nullish(),
  })
  .nullable();

function assertAccepted(answer: unknown): void {
  const { success, data } = answerSchema.safeParse(answer);
  if (!success) throw unexpectedFailure('Error unmarshaling JSON output.');
  if (!data?.error?.message) return;
  const { http_code: status, message } = data.error;
  throw new AuthError(status, status === 500 ? 'unexpected_failure' : 'unknown', message);
}

export function createHooks(sql: Sql, settings: HooksSettings): Hooks {
  const hook = (name: string, { uri, secrets }: HookSettings) => {
    const call = uri.startsWith('pg-functions:')
      ? postgresHook(sql, uri)
      : httpHook({ url: uri, secrets });
    return async (ip: string, members: Record<string, unknown>) => {
      const metadata = { uuid: randomUUID(), time: new Date().toISOString(), name, ip_address: ip };
      assertAccepted(await call({ metadata, ...members }));
    };
  };
  const sendSms = hook('send-sms', settings.sendSms);
  const beforeUserCreated =
    settings.beforeUserCreated && hook('before-user-created', settings.beforeUserCreated);
  return {
    sendSms: ({ user, phone, otp, ip }) =>
      sendSms(ip, { user: userResponse(user), sms: { otp, phone } }),
    beforeUserCreated:
      beforeUserCreated && ((user, ip) => beforeUserCreated(ip, { user: newcomerResponse(user) })),
  };
}
