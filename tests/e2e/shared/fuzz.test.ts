/**
 * Bad input on every RPC and route: never a 500, never Postgres' own words, never a row written.
 * The RPCs are read from the catalogue, so a new one is covered the moment it exists.
 */

import { randomUUID } from 'node:crypto';
import { addDays } from 'date-fns';
import fc from 'fast-check';
import postgres from 'postgres';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeUser, testStack } from '../../helpers/stack.ts';
import { errorSchema, expectDecentError, nasty, rawText } from '../nasty.ts';

type Stack = Awaited<ReturnType<typeof testStack>>;
interface Rpc {
  readonly name: string;
  readonly args: readonly string[];
}

let stack: Stack;
let sql: postgres.Sql;
let token: string;
let rpcs: Rpc[];

beforeAll(async () => {
  stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1 });
  token = (await makeUser()).accessToken;
  rpcs = await sql<Rpc[]>`
    select proname as name, coalesce(proargnames[1:pronargs], '{}') as args
    from pg_proc
    where pronamespace = 'public'::regnamespace and prokind = 'f'
      and prorettype <> 'trigger'::regtype
    order by proname
  `;
});
afterAll(async () => await sql.end());

async function rowCounts(): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', nspname, relname) as name
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p') and nspname in ('public', 'private')
    order by 1
  `;
  const counts = tables.map(
    ({ name }) => `select '${name}' as name, count(*)::int as n from ${name}`,
  );
  const rows = await sql.unsafe<{ name: string; n: number }[]>(counts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** A value that fits, for each argument name that an RPC has. */
async function validArguments(): Promise<Record<string, unknown>> {
  const [service] = await sql<{ id: string; provider_id: string; slug: string }[]>`
    select service.id, service.provider_id, category.slug
    from public.services as service
    join public.providers as provider on provider.id = service.provider_id
    join public.categories as category on category.id = service.category_id
    where provider.market_id = 'localpro' and provider.status = 'active' and service.is_active
    limit 1
  `;
  if (!service) throw new Error('the seed has no service');
  const place = { address: 'Vipin Khand, Gomti Nagar', lat: 26.8508, lng: 80.9993 };
  const request = {
    provider_id: service.provider_id,
    service_ids: [service.id],
    starts_at: addDays(new Date(), 40).toISOString(),
    location: place,
  };
  const booking = await call('request_booking', JSON.stringify(request), token);
  const { id } = z.object({ id: z.string() }).parse(await booking.json());
  return {
    ...(await validChatArguments(id)),
    ...request,
    booking_id: id,
    market: 'localpro',
    query: 'plumber',
    category: service.slug,
    categories: [service.slug],
    ...{ lat: place.lat, lng: place.lng, radius_km: 10 },
    ...{ min_rating: 1, verified_only: false, max_price_amount: 10_000_000 },
    ...{ language: 'hi', sort: 'rank', page_size: 5, cursor: null, after: null },
    ...{ role: 'customer', status: ['requested'] },
    ...{ purpose: 'start', job_code: '123456' },
    ...{ admin_id: randomUUID(), action: 'block_user', resource_type: 'user', resource_id: 'x' },
    ...{ key: 'commission_rate', value: { default: 0.12 }, version: 1, expected_version: 0 },
    ...{ is_public: true, is_active: true, until: '2030-01-01T00:00:00Z' },
    ...{ notes: 'Seen.', fingerprint: 'd41d8cd98f00b204e9800998ecf8427e' },
    ...{ service_id: service.id, vertical: 'plumbing', postcode: '226010', district: 'Lucknow' },
    ...{ platform: 'web', push_token: randomUUID(), name: 'Phone', app_version: '1.0' },
    ...{ phone: '+919876543211', email: null, invitation_id: randomUUID() },
    ...{ names: { en: 'A firm' }, descriptions: { en: 'It works.' }, kind: 'solo' },
    ...{ to_status: 'cancelled', reason: 'No longer needed', metadata: { from: 'test' } },
    ...{ overall: 5, quality: 4, punctuality: 3, professionalism: 2, communication: 1 },
    ...{ max_rating: 5, title: 'Good', comment: 'Came on time.', photos: [] },
    ...{ contact_phone: '+919876543210', description: 'The tap drips.', idempotency_key: null },
  };
}

async function validChatArguments(booking_id: string): Promise<Record<string, unknown>> {
  const post = async (name: string, args: object) =>
    await (await call(name, JSON.stringify(args), token)).json();
  const started = await post('start_conversation', { kind: 'booking', booking_id });
  const { id: conversation_id, participants } = z
    .object({
      id: z.string(),
      participants: z.array(z.object({ user_id: z.string(), side: z.string() })),
    })
    .parse(started);
  const text = { conversation_id, client_id: randomUUID(), body: 'The tap drips.' };
  const { id: message_id } = z.object({ id: z.string() }).parse(await post('send_message', text));
  const other = participants.find(({ side }) => side === 'provider');
  return {
    ...{ ...text, message_id, user_id: other?.user_id, media: null, before: null },
    ...{ is_blocked: false, is_muted: true, is_archived: false, is_pinned: null },
  };
}

async function call(name: string, body: string, bearer?: string): Promise<Response> {
  return await fetch(`${stack.url}/rest/v1/rpc/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      apikey: stack.publishableKey,
      ...(bearer && { authorization: `Bearer ${bearer}` }),
    },
    body,
  });
}

describe('RPCs', () => {
  test('there are RPCs to try', () => expect(rpcs.length).toBeGreaterThan(4));

  test('arbitrary arguments', async () => {
    const before = await rowCounts();
    for (const { name, args } of rpcs) {
      const arbitrary = fc.record(Object.fromEntries(args.map((arg) => [arg, nasty])), {
        requiredKeys: [],
      });
      await fc.assert(
        fc.asyncProperty(arbitrary, fc.boolean(), async (fields, signedIn) => {
          // PostgREST itself refuses a NUL (22P05), before any function of ours sees it.
          const body = JSON.stringify(fields).replaceAll('\\u0000', '\\u0001');
          const response = await call(name, body, signedIn ? token : undefined);
          await expectDecentError(response);
        }),
        { numRuns: 40 },
      );
    }
    expect(await rowCounts()).toEqual(before);
  }, 240_000);

  test('one wrong argument in a call that would be right', async () => {
    const valid = await validArguments();
    for (const { name, args } of rpcs) {
      // An argument of a new name needs a value here, or its RPC would be tried only from outside.
      expect(Object.keys(valid)).toEqual(expect.arrayContaining([...args]));
      const base = Object.fromEntries(args.map((arg) => [arg, valid[arg]]));
      for (const arg of args) {
        await fc.assert(
          fc.asyncProperty(nasty, async (value) => {
            const before = await rowCounts();
            const body = JSON.stringify({ ...base, [arg]: value }).replaceAll('\\u0000', '\\u0001');
            const response = await call(name, body, token);
            await expectDecentError(response);
            // Some of it is fine, as any text is in a description.
            if (!response.ok) expect(await rowCounts()).toEqual(before);
          }),
          { numRuns: 12 },
        );
      }
    }
  }, 300_000);

  test('bodies that are no arguments at all', async () => {
    // For an RPC without arguments they are right, and may leave a row.
    for (const { name, args } of rpcs) if (args.length === 0) await call(name, '{}', token);
    const before = await rowCounts();
    const bodies = ['', '{', '[]', 'null', '"x"', '1', '{"a":1', '{"nobody_knows_me":1}', '\u0000'];
    for (const { name } of rpcs) {
      for (const body of bodies) await expectDecentError(await call(name, body, token));
    }
    expect(await rowCounts()).toEqual(before);
  }, 60_000);
});

describe('routes', () => {
  test('the Send SMS hook refuses what is unsigned, and signed nonsense', async () => {
    const webhook = new Webhook(stack.sendSmsHookSecrets.replace(/^v1,whsec_/, ''));
    await fc.assert(
      fc.asyncProperty(nasty, fc.boolean(), async (payload, signed) => {
        const body = JSON.stringify(payload);
        const id = randomUUID();
        const at = new Date();
        const response = await fetch(`${stack.url}/functions/v1/otp`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(signed && {
              'webhook-id': id,
              'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
              'webhook-signature': webhook.sign(id, at, body),
            }),
          },
          body,
        });
        const text = await response.text();
        expect(response.status, text).toBeGreaterThanOrEqual(400);
        expect(response.status, text).toBeLessThan(500);
        errorSchema.parse(JSON.parse(text));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test.each(['otp', 'verify', 'resend', 'signup', 'token?grant_type=password', 'recover', 'user'])(
    '/auth/v1/%s',
    async (route) => {
      const before = await rowCounts();
      let wasAccepted = false;
      const body = fc.record(
        Object.fromEntries(
          ['phone', 'email', 'password', 'type', 'token', 'data', 'create_user', 'channel'].map(
            (key) => [key, nasty],
          ),
        ),
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(body, async (fields) => {
          const response = await fetch(`${stack.url}/auth/v1/${route}`, {
            method: route === 'user' ? 'PUT' : 'POST',
            headers: {
              'content-type': 'application/json',
              apikey: stack.publishableKey,
              authorization: `Bearer ${route === 'user' ? token : stack.publishableKey}`,
            },
            body: JSON.stringify(fields),
          });
          const text = await response.text();
          expect(response.status, text).toBeLessThan(500);
          expect(text).not.toMatch(rawText);
          wasAccepted ||= response.ok;
        }),
        { numRuns: 40 },
      );
      // A phone or address that happens to be fine makes a user, as it should.
      if (!wasAccepted) expect(await rowCounts()).toEqual(before);
    },
    60_000,
  );

  test('unknown tables, columns, filters and paths', async () => {
    const paths = [
      'rest/v1/nothing',
      'rest/v1/rpc/nothing',
      'rest/v1/bookings?id=eq.nonsense',
      'rest/v1/bookings?select=nothing',
      'rest/v1/bookings?order=nothing.desc',
      'rest/v1/bookings?select=*,nothing(*)',
      'auth/v1/nothing',
      'storage/v1/nothing',
      'functions/v1/nothing',
      'realtime/v1/nothing',
      'nothing',
    ];
    for (const path of paths) {
      const response = await fetch(`${stack.url}/${path}`, {
        headers: { apikey: stack.publishableKey, authorization: `Bearer ${token}` },
      });
      expect([path, response.status]).toEqual([
        path,
        expect.toSatisfy((s: number) => s >= 400 && s < 500),
      ]);
      await response.body?.cancel();
    }
  });
});
