/** People and businesses that want the same rows at once. */
import { randomUUID } from 'node:crypto';
import postgres, { type TransactionSql } from 'postgres';

export const day = 86_400_000;
export const hour = 3_600_000;
/** Far enough from now, at a full hour; each test takes hours of its own. */
const base = Math.ceil(Date.now() / hour) * hour + 5 * day;
export const at = (ms: number) => new Date(base + ms).toISOString();
export const place = { address: 'Vipul Khand, Gomti Nagar', lat: 26.8527, lng: 80.9988 };

export interface Firm {
  readonly id: string;
  readonly owner: string;
  readonly service: string;
}

export interface Booked {
  readonly booking: string;
}

export const isBooked = (outcome: Booked | string): outcome is Booked =>
  typeof outcome !== 'string';
/** How often each outcome came, `ok` for a booking. */
export function tally(outcomes: readonly (Booked | string)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = isBooked(outcome) ? 'ok' : outcome;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Until somebody waits for a lock that this transaction holds; who need not wait is done soon. */
export async function somebodyWaits(tx: TransactionSql): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await tx<{ waits: boolean }[]>`
      select exists (
        select 1 from pg_catalog.pg_locks as lock
        where not lock.granted and pg_backend_pid() = any (pg_blocking_pids(lock.pid))
      ) as waits
    `;
    if (row?.waits) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type Race = ReturnType<typeof openRace>;

/** Many connections to one database, and what is done on them. */
export function openRace(databaseUrl: string) {
  const sql = postgres(databaseUrl, { max: 40, onnotice: () => {} });

  async function makeUsers(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await sql`
      insert into auth.users (id, aud, role, email)
      select id, 'authenticated', 'authenticated', id || '@example.test'
      from unnest(${ids}::uuid[]) as id
    `;
    return ids;
  }

  async function makeFirm(): Promise<Firm> {
    const [owner = ''] = await makeUsers(1);
    const slug = `race-${owner}`;
    const [firm] = await sql<{ id: string; service: string }[]>`
      with category as (
        insert into public.categories (market_id, slug, names)
        values ('localpro', ${slug}, '{"en": "Race", "hi": "दौड़", "ur": "دوڑ"}')
        returning id
      ), provider as (
        insert into public.providers (
          market_id, slug, kind, names, status, location, address, time_zone
        )
        values (
          'localpro', ${slug}, 'solo', '{"en": "Race"}', 'active',
          private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
        )
        returning id
      )
      select provider.id, category.id as service from provider, category
    `;
    if (!firm) throw new Error('no provider');
    await sql`
      insert into public.provider_members (provider_id, user_id, role)
      values (${firm.id}, ${owner}, 'owner')
    `;
    await sql`
      insert into public.provider_categories (provider_id, category_id)
      values (${firm.id}, ${firm.service})
    `;
    const [service] = await sql<{ id: string }[]>`
      insert into public.services (provider_id, category_id, names, price_amount)
      values (${firm.id}, ${firm.service}, '{"en": "Visit"}', 40000)
      returning id
    `;
    if (!service) throw new Error('no service');
    return { id: firm.id, owner, service: service.id };
  }

  /** Runs the call as the user, in a transaction of its own, as the Data API does. */
  async function as<T>(
    user: string,
    call: (tx: TransactionSql) => Promise<T>,
  ): Promise<T | string> {
    const claims = JSON.stringify({ sub: user, role: 'authenticated' });
    try {
      const result = await sql.begin(async (tx) => {
        await tx`
          select set_config('request.jwt.claims', ${claims}, true),
            set_config('role', 'authenticated', true)
        `;
        return { value: await call(tx) };
      });
      return result.value;
    } catch (error) {
      // Postgres' own errors may have a detail too.
      if (error instanceof postgres.PostgresError)
        return error.code.startsWith('PT')
          ? String(error.detail)
          : `${error.code} ${error.message}`;
      throw error;
    }
  }

  function request(user: string, firm: Firm, startsAt: string, key: string | null = null) {
    return as(user, async (tx): Promise<Booked> => {
      const [row] = await tx<Booked[]>`
        select public.request_booking(
          ${firm.id}, ${tx.json([firm.service])}, ${startsAt}, ${tx.json(place)},
          idempotency_key => ${key}
        ) ->> 'id' as booking
      `;
      if (!row) throw new Error('no booking');
      return row;
    });
  }

  function move(user: string, booking: string, toStatus: string, reason: string | null = null) {
    return as(user, async (tx): Promise<Booked> => {
      await tx`select public.transition_booking(${booking}, ${toStatus}, ${reason})`;
      return { booking };
    });
  }

  return { sql, makeUsers, makeFirm, as, request, move };
}
