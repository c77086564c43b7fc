import type { ActorName, Subjects } from './people.ts';

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
