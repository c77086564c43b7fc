/** Listing a bucket asks nothing for each file of other people: there may be millions. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';

let sql: Sql;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(() => sql?.end());

const files = 200;
const undo = new Error('undo');

/** How often functions of ours ran while somebody listed a bucket of other people's files. */
async function callsOf(bucket: string, claims: object & { role: string }): Promise<number> {
  let calls = Number.NaN;
  await sql
    .begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into storage.objects (bucket_id, name, owner_id)
        select ${bucket}, format('%s/customer/%s.png', gen_random_uuid(), n), gen_random_uuid()::text
        from generate_series(1, ${files}::integer) as n
      `;
      await tx`set local session_replication_role = origin`;
      await tx`set local track_functions = 'all'`;
      await tx`
        select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
          set_config('storage.operation', 'storage.object.list', true),
          set_config('role', ${claims.role}, true)
      `;
      const listed = await tx`select from storage.objects where bucket_id = ${bucket}`;
      expect(listed).toHaveLength(0);
      await tx`reset role`;
      const [counted] = await tx<{ calls: number }[]>`
        select coalesce(sum(calls), 0)::integer as calls
        from pg_stat_xact_user_functions
        where schemaname = 'private'
      `;
      calls = counted?.calls ?? Number.NaN;
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return calls;
}

test.each(['chat-media', 'review-photos', 'provider-photos'])('%s', async (bucket) => {
  const stranger = { role: 'authenticated', sub: randomUUID() };
  await sql`
    insert into auth.users (id, aud, role, email)
    values (${stranger.sub}, 'authenticated', 'authenticated', ${`${stranger.sub}@example.test`})
  `;
  expect(await callsOf(bucket, stranger)).toBeLessThan(files / 4);
  expect(await callsOf(bucket, { role: 'anon' })).toBeLessThan(files / 4);
});
