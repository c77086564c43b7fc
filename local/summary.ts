import { relative } from 'node:path';
import type { Sql } from 'postgres';
import postgres from 'postgres';
import type { Stack } from './stack.ts';

/** Somebody to sign in as in each role, as `phone name`; empty for a role that nobody has. */
interface MarketPeople {
  readonly market: string;
  readonly customer: string;
  readonly owner: string;
  readonly admin: string;
}

/** What the developer needs once the stack is up: addresses, keys, people to sign in as. */
export async function summary({ config, keys, functions }: Stack): Promise<string> {
  const people = await demoPeople(config.adminDatabaseUrl);
  const where = config.embedded
    ? `embedded Postgres, state in ${relative(process.cwd(), config.stateDir) || '.'}`
    : `Postgres on ${new URL(config.databaseUrl).host}`;
  const names = (functions?.definitions ?? []).map(({ name }) => name);
  const sections = [
    `Karigar is running (${where}). Ctrl-C stops it.`,
    table([
      ['API', config.url],
      ['Database', config.databaseUrl],
      ['Inbox', `${config.url}/_inbox`],
      ...names.map((name) => ['Function', `${config.url}/functions/v1/${name}`]),
      ['Publishable key', keys.publishableKey],
      ['Secret key', `${keys.secretKey}   (for servers only)`],
    ]),
    ...(people.length > 0
      ? [
          `Demo sign-ins, by phone: the code arrives in the inbox.\n\n${table([
            ['', 'customer', 'owner', 'admin'],
            ...people.map(({ market, customer, owner, admin }) => [market, customer, owner, admin]),
          ])}`,
        ]
      : []),
    `Try it: plumbers near Gomti Nagar, Lucknow, misspelt.\n\n${snippet(config.url, keys.publishableKey)}`,
  ];
  return `\n${sections.join('\n\n')}\n`;
}

/** For any POSIX shell, on one line. */
export function snippet(url: string, publishableKey: string): string {
  const body = { market: 'localpro', query: 'plumer', lat: 26.8547, lng: 81.0044, radius_km: 10 };
  return [
    `  curl -s '${url}/rest/v1/rpc/search_providers'`,
    `-H 'apikey: ${publishableKey}'`,
    "-H 'content-type: application/json'",
    `-d '${JSON.stringify(body)}'`,
  ].join(' ');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}

/** The first of each role in each market, as the seed made them; none where it was left out. */
async function demoPeople(databaseUrl: string): Promise<MarketPeople[]> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    return await readPeople(sql);
  } finally {
    await sql.end();
  }
}

async function readPeople(sql: Sql): Promise<MarketPeople[]> {
  const [known] = await sql<{ profiles: boolean }[]>`
    select to_regclass('public.provider_members') is not null as profiles`;
  if (!known?.profiles) return [];
  const people = await sql<MarketPeople[]>`
    with people as (
      select profile.market_id as market,
        case
          when exists (
            select 1 from public.user_roles where user_id = users.id and role = 'admin'
          ) then 'admin'
          when members.role is null then 'customer'
          else members.role
        end as role,
        '+' || users.phone || ' ' || profile.display_name as who,
        users.created_at,
        users.phone
      from auth.users as users
      join public.profiles as profile on profile.id = users.id
      left join public.provider_members as members on members.user_id = users.id
      where users.phone is not null and profile.display_name is not null
        and profile.market_id is not null
    ), firsts as (
      select distinct on (market, role) market, role, who
      from people
      order by market, role, created_at, phone
    )
    select market,
      coalesce(min(who) filter (where role = 'customer'), '') as customer,
      coalesce(min(who) filter (where role = 'owner'), '') as owner,
      coalesce(min(who) filter (where role = 'admin'), '') as admin
    from firsts
    group by market
    order by market`;
  return [...people];
}
