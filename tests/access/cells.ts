/**
 * The words of the matrix. Each cell is four letters for select, insert, update and delete:
 * `+` done or seen, `0` the row is hidden and nothing happens, `-` refused (42501).
 * An insert is a copy of the row; an update touches every column that the role may write.
 */
import type { ActorName, Subjects } from '../helpers/sql-people.ts';

/** What a domain lets people do: with its rows, and with its functions. */
export interface Domain {
  readonly cases: readonly Case[];
  /** Roles that may execute the function of `private` and the RPC of `public` of that name. */
  readonly rpcs?: Readonly<Record<string, string>>;
  /** The same of all other functions. What is not listed is nobody's. */
  readonly functions?: Readonly<Record<string, string>>;
}

/** Select, insert, update and delete of each actor. */
export type Cells = Record<ActorName, string>;

export interface Case {
  readonly table: string;
  /** What kind of row it is, where a table has several. */
  readonly row?: string;
  /** Condition that finds the row. */
  readonly subject: (subjects: Subjects) => string;
  readonly cells: Cells;
}

export const anyRow = (): string => 'true';

export const everybody = (cells: string, others: Partial<Cells> = {}): Cells => ({
  anon: cells,
  customer: cells,
  blockedCustomer: cells,
  otherCustomer: cells,
  owner: cells,
  member: cells,
  otherMember: cells,
  admin: cells,
  service: cells,
  ...others,
});

const alike =
  (cells: string) =>
  (...tables: string[]): Case[] =>
    tables.map((table) => ({ table, subject: anyRow, cells: everybody(cells) }));

/** Nobody reaches them through a role: only definer functions of `private` do. */
export const closed = alike('----');

/** Reference rows: read by all, written by migrations and jobs. */
export const reference = alike('+---');

/** The two sides of a booking and admins read it; every change is an RPC. */
export const participants = everybody('0---', {
  anon: '----',
  customer: '+---',
  owner: '+---',
  member: '+---',
  admin: '+---',
  service: '+---',
});

/** Whoever takes part reads it, admins not; every change is an RPC. */
export const talkers: Cells = { ...participants, admin: '0---' };

/** Read like the business, written by those who manage it. */
export const shown = (managed: string): Cells =>
  everybody(`+-${managed}`, { anon: '+---', blockedCustomer: `0-${managed}` });

/** A row of `customer` that nobody else sees; `others` is what comes of others' inserts and more. */
export const own = (table: string, mine: string, others: string, service: string): Case => ({
  table,
  subject: ({ customer }) => `user_id = '${customer}'`,
  cells: everybody(`0${others}`, {
    anon: '----',
    customer: mine,
    blockedCustomer: `0${others.replace('+', '-')}`,
    service,
  }),
});

/** Roles that may execute a function. */
export const anyone = 'anon authenticated service_role';
export const signedIn = 'authenticated';
export const signedInOrService = 'authenticated service_role';
/** Functions with a secret key. */
export const service = 'service_role';
/** Auth, which calls hooks. */
export const auth = 'supabase_auth_admin';
