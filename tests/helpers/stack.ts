/** The stack that the test files of one run share, and people who use it. */
import { randomInt, randomUUID } from 'node:crypto';
import { createClient, type Session, type SupabaseClient } from '@supabase/supabase-js';
import { inject } from 'vitest';
import { z } from 'zod';
import type { InboxMessage } from '../../local/inbox.ts';
import { transport } from './transport.ts';

const valuesSchema = z.object({
  url: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
  sendSmsHookSecrets: z.string(),
  /** As `postgres`. */
  databaseUrl: z.string(),
  /** As the superuser. */
  adminDatabaseUrl: z.string(),
  embedded: z.boolean(),
});
export type StackValues = z.infer<typeof valuesSchema>;

const messagesSchema = z.array(
  z.object({
    id: z.string(),
    channel: z.enum(['sms', 'email']),
    to: z.string(),
    subject: z.string().exactOptional(),
    body: z.string(),
    receivedAt: z.string(),
  }),
);

export interface TestUser {
  readonly id: string;
  readonly accessToken: string;
  readonly session: Session;
  readonly client: SupabaseClient;
}

export interface TestStack extends StackValues {
  /** Newest first. */
  inbox(filter?: { to?: string; channel?: InboxMessage['channel'] }): Promise<InboxMessage[]>;
  /** A client that keeps nothing; with the publishable key unless another is given. */
  client(key?: string): SupabaseClient;
}

let started: Promise<TestStack> | undefined;

export function testStack(): Promise<TestStack> {
  started ??= connect();
  return started;
}

/** An Indian mobile number that nobody else in this run has. */
export function newPhone(): string {
  return `+9198${String(randomInt(0, 100_000_000)).padStart(8, '0')}`;
}

async function connect(): Promise<TestStack> {
  const answer = await fetch(inject('stackUrl'));
  if (!answer.ok) throw new Error(`The stack did not start: ${await answer.text()}`);
  const values = valuesSchema.parse(await answer.json());

  const client = (key = values.publishableKey) =>
    createClient(values.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      realtime: { transport },
    });

  const inbox: TestStack['inbox'] = async (filter = {}) => {
    const url = new URL('/_inbox/api/messages', values.url);
    for (const [name, value] of Object.entries(filter)) url.searchParams.set(name, value);
    return messagesSchema.parse(await (await fetch(url)).json());
  };

  return { ...values, client, inbox };
}

/** Signs in (and up) as an app does: code by SMS, read from the inbox. */
export async function signInByPhone(phone = newPhone()): Promise<TestUser> {
  const stack = await testStack();
  const client = stack.client();
  const sent = await client.auth.signInWithOtp({ phone });
  if (sent.error) throw sent.error;
  const [message] = await stack.inbox({ to: phone, channel: 'sms' });
  const [token] = /\b\d{6}\b/.exec(message?.body ?? '') ?? [];
  if (token === undefined) throw new Error(`no code for ${phone} in the inbox`);
  return signedIn(client, await client.auth.verifyOtp({ phone, token, type: 'sms' }));
}

/** Made through the admin API and signed in by password: for many users. */
export async function makeUser(
  attributes: { phone?: string; email?: string } = {},
): Promise<TestUser> {
  const stack = await testStack();
  const email = attributes.email ?? `${randomUUID()}@example.org`;
  const password = `${randomUUID()}A1`;
  const confirmed = { email_confirm: true, phone_confirm: attributes.phone !== undefined };
  const admin = stack.client(stack.secretKey);
  const made = await admin.auth.admin.createUser({ ...attributes, ...confirmed, email, password });
  if (made.error) throw made.error;
  const client = stack.client();
  return signedIn(client, await client.auth.signInWithPassword({ email, password }));
}

function signedIn(
  client: SupabaseClient,
  { data, error }: { data: { session: Session | null }; error: Error | null },
): TestUser {
  if (error) throw error;
  if (!data.session) throw new Error('signed in without a session');
  const { session } = data;
  return { id: session.user.id, accessToken: session.access_token, session, client };
}
