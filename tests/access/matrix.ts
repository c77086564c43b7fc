/** Who may do what with which row, and who may execute which function: of all domains. */
import type { Case, Domain } from './cells.ts';
import { admin } from './domains/admin.ts';
import { bookings } from './domains/bookings.ts';
import { businesses } from './domains/businesses.ts';
import { catalogue } from './domains/catalogue.ts';
import { chat } from './domains/chat.ts';
import { identity } from './domains/identity.ts';
import { jobs } from './domains/jobs.ts';
import { markets } from './domains/markets.ts';
import { reviews } from './domains/reviews.ts';
import { search } from './domains/search.ts';
import { services } from './domains/services.ts';
import { shared } from './domains/shared.ts';
import { team } from './domains/team.ts';

export const domains: Readonly<Record<string, Domain>> = {
  shared,
  markets,
  identity,
  catalogue,
  businesses,
  services,
  team,
  bookings,
  chat,
  reviews,
  search,
  admin,
  jobs,
};

/** Functions of `public` are the RPCs; those of `private` are reached through them and policies. */
export const callersOf = ({ rpcs = {}, functions = {} }: Domain): [string, string][] => [
  ...Object.entries(rpcs).flatMap(([name, roles]): [string, string][] => [
    [`private.${name}`, roles],
    [`public.${name}`, roles],
  ]),
  ...Object.entries(functions),
];

export const matrix: readonly Case[] = Object.values(domains).flatMap(({ cases }) => cases);
export const callers = Object.fromEntries(Object.values(domains).flatMap(callersOf));
