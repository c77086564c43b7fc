/** Who has no say can't make those wait who have: strangers lock nothing. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStack } from '../../helpers/stack.ts';

let sql: Sql;
let stranger: string;
let provider: string;
let category: string;
let invitation: string;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.databaseUrl, { max: 4, onnotice: () => {} });
  stranger = randomUUID();
  await sql`
    insert into auth.users (id, aud, role, email)
    values (${stranger}, 'authenticated', 'authenticated', ${`${stranger}@example.test`})
  `;
  const [firm] = await sql<{ provider_id: string; category_id: string }[]>`
    select provider_id, category_id
    from public.provider_categories
    join public.providers as provider on provider.id = provider_id
    where provider.status = 'active'
    limit 1
  `;
  if (!firm) throw new Error('no provider');
  ({ provider_id: provider, category_id: category } = firm);
  const [made] = await sql<{ id: string }[]>`
    insert into public.provider_invitations (provider_id, role, email)
    values (${provider}, 'manager', ${`${randomUUID()}@example.test`})
    returning id
  `;
  invitation = made?.id ?? '';
});
afterAll(() => sql?.end());

type Attempt = (tx: TransactionSql) => Promise<unknown>;

const attempts: Record<string, [attempt: Attempt, refusal: string]> = {
  service: [
    (tx) => tx`
      insert into public.services (provider_id, category_id, names, price_amount)
      values (${provider}, ${category}, '{"en": "Visit"}', 1)
    `,
    '42501',
  ],
  skill: [
    (tx) => tx`insert into public.provider_skills (provider_id, name) values (${provider}, 'x')`,
    '42501',
  ],
  photo: [
    (tx) => tx`
      insert into public.provider_photos (provider_id, path)
      values (${provider}, ${`${provider}/x.png`})
    `,
    '42501',
  ],
  area: [
    (tx) => tx`
      insert into public.service_areas (provider_id, kind, postcodes)
      values (${provider}, 'postcodes', '{226010}')
    `,
    '42501',
  ],
  'invitation of somebody': [
    (tx) => tx`select public.invite_member(${provider}, 'owner', null, 'a@example.test')`,
    'provider_not_found',
  ],
  'role of somebody': [
    (tx) => tx`select public.change_member_role(${provider}, ${stranger}, 'owner')`,
    'provider_not_found',
  ],
  "another's invitation": [
    (tx) => tx`select public.accept_invitation(${invitation})`,
    'invitation_not_found',
  ],
  'block of somebody': [
    (tx) => tx`select public.block_user(${stranger}, 'a reason')`,
    'not_allowed',
  ],
};

/** The embedded engine runs one transaction at a time: nobody can hold a lock that another meets. */
const native = test.skipIf(!process.env.DATABASE_URL);

native.each(Object.entries(attempts))('%s: refused at once', async (_, [attempt, refusal]) => {
  await sql.begin(async (holder) => {
    await holder`select 1 from public.providers where id = ${provider} for no key update`;
    // As an admin holds it while they block somebody.
    await holder`select pg_advisory_xact_lock(hashtextextended('admins', 0))`;
    const tried = sql.begin(async (tx) => {
      const claims = JSON.stringify({ sub: stranger, role: 'authenticated' });
      await tx`
        select set_config('request.jwt.claims', ${claims}, true),
          set_config('role', 'authenticated', true),
          set_config('lock_timeout', '500ms', true)
      `;
      await attempt(tx);
    });
    const error: unknown = await tried.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof postgres.PostgresError)) throw error ?? new Error('not refused');
    expect(error.code.startsWith('PT') ? error.detail : error.code).toBe(refusal);
  });
});
