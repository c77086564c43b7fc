import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';

export interface Business {
  readonly id: string;
  readonly owner: string;
}

export async function makeUsers(sql: Sql, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await sql`
    insert into auth.users (id, aud, role, email)
    select id, 'authenticated', 'authenticated', id || '@example.test'
    from unnest(${ids}::uuid[]) as id
  `;
  return ids;
}

/** Active, with an owner, where search finds it. */
export async function makeBusiness(sql: Sql): Promise<Business> {
  const [owner = ''] = await makeUsers(sql, 1);
  const [business] = await sql<{ id: string }[]>`
    insert into public.providers (
      market_id, slug, kind, names, status, location, address, time_zone
    )
    values (
      'localpro', ${`business-${owner}`}, 'solo', '{"en": "Business"}', 'active',
      private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
    )
    returning id
  `;
  if (!business) throw new Error('no provider');
  await sql`
    insert into public.provider_members (provider_id, user_id, role)
    values (${business.id}, ${owner}, 'owner')
  `;
  await sql`
    insert into public.provider_categories (provider_id, category_id)
    select ${business.id}, category.id
    from public.categories as category
    where category.market_id = 'localpro' and private.is_shown(category)
    limit 1
  `;
  return { id: business.id, owner };
}
