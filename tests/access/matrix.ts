/**
 * Who may do what with which row. Each cell is four letters for select, insert, update and delete:
 * `+` done or seen, `0` the row is hidden and nothing happens, `-` refused (42501).
 * An insert is a copy of the row; an update touches every column that the role may write.
 */
import { type Case, everybody } from './cells.ts';
import { providerCases } from './matrix-providers.ts';
import { ids } from './people.ts';

const anyRow = (): string => 'true';

/** Nobody reaches it through a role: only definer functions of `private` do. */
const nobody = everybody('----');

/** Reference rows: read by all, written by migrations. */
const reference = everybody('+---');

/** The two sides of a booking and admins read it; every change is an RPC. */
const participants = everybody('0---', {
  anon: '----',
  customer: '+---',
  owner: '+---',
  member: '+---',
  admin: '+---',
  service: '+---',
});

/** Whoever takes part reads it, admins not; every change is an RPC. */
const talkers = everybody('0---', {
  anon: '----',
  customer: '+---',
  owner: '+---',
  member: '+---',
  service: '+---',
});

export const matrix: readonly Case[] = [
  ...providerCases,
  { table: 'private.booking_number_years', subject: anyRow, cells: nobody },
  { table: 'private.client_ip_headers', subject: anyRow, cells: nobody },
  { table: 'private.errors', subject: anyRow, cells: nobody },
  { table: 'private.function_proofs', subject: anyRow, cells: nobody },
  { table: 'private.idempotency_keys', subject: anyRow, cells: nobody },
  { table: 'private.job_code_requests', subject: anyRow, cells: nobody },
  { table: 'private.job_codes', subject: anyRow, cells: nobody },
  { table: 'private.jobs', subject: anyRow, cells: nobody },
  { table: 'private.limits', subject: anyRow, cells: nobody },
  { table: 'private.phone_rules', subject: anyRow, cells: nobody },
  { table: 'private.provider_decisions', subject: anyRow, cells: nobody },
  { table: 'private.rate_limits', subject: anyRow, cells: nobody },
  { table: 'private.search_documents', subject: anyRow, cells: nobody },
  { table: 'private.search_entries', subject: anyRow, cells: nobody },
  { table: 'private.search_vocabulary', subject: anyRow, cells: nobody },
  { table: 'private.search_words_gone', subject: anyRow, cells: nobody },
  { table: 'private.token_buckets', subject: anyRow, cells: nobody },
  { table: 'public.booking_processes', subject: anyRow, cells: reference },
  { table: 'public.booking_statuses', subject: anyRow, cells: reference },
  { table: 'public.booking_transitions', subject: anyRow, cells: reference },
  { table: 'public.source_statuses', subject: anyRow, cells: reference },
  {
    table: 'public.admin_actions',
    subject: () => `admin_id = '${ids.admin}'`,
    cells: everybody('0---', { anon: '----', admin: '+---', service: '----' }),
  },
  {
    table: 'public.configuration',
    row: 'public',
    subject: () => "key = 'access_test_public'",
    cells: reference,
  },
  {
    table: 'public.configuration',
    row: 'private',
    subject: () => "key = 'access_test'",
    cells: everybody('0---', { admin: '+---', service: '+---' }),
  },
  {
    table: 'public.configuration_versions',
    subject: () => `changed_by = '${ids.admin}'`,
    cells: everybody('0---', { anon: '----', admin: '+---', service: '+---' }),
  },
  {
    table: 'public.member_presence',
    subject: () => `user_id = '${ids.member}'`,
    cells: everybody('0---', {
      anon: '----',
      owner: '+---',
      member: '+---',
      admin: '+---',
      service: '----',
    }),
  },
  {
    table: 'public.bookings',
    subject: ({ booking }) => `id = '${booking}'`,
    cells: participants,
  },
  {
    table: 'public.booking_services',
    subject: ({ booking }) => `booking_id = '${booking}'`,
    cells: participants,
  },
  {
    table: 'public.booking_status_history',
    subject: ({ booking }) => `booking_id = '${booking}'`,
    cells: participants,
  },
  {
    table: 'public.conversations',
    subject: ({ conversation }) => `id = '${conversation}'`,
    cells: talkers,
  },
  {
    table: 'public.messages',
    subject: ({ conversation }) => `conversation_id = '${conversation}'`,
    cells: talkers,
  },
  {
    table: 'public.conversation_participants',
    row: 'of the customer',
    subject: ({ conversation }) =>
      `conversation_id = '${conversation}' and user_id = '${ids.customer}'`,
    cells: everybody('0---', { anon: '----', customer: '+---', service: '+---' }),
  },
  {
    table: 'public.user_blocks',
    subject: () => `blocker_id = '${ids.customer}'`,
    cells: everybody('0---', { anon: '----', customer: '+---', service: '+---' }),
  },
  { table: 'public.categories', subject: anyRow, cells: everybody('+---', { service: '++++' }) },
  { table: 'public.markets', subject: anyRow, cells: everybody('+---', { service: '+++-' }) },
  {
    table: 'public.profiles',
    subject: () => `id = '${ids.customer}'`,
    cells: everybody('0-0-', {
      anon: '----',
      customer: '+-+-',
      admin: '+-0-',
      service: '+-+-',
    }),
  },
  {
    table: 'public.user_roles',
    subject: () => `user_id = '${ids.admin}'`,
    cells: everybody('0---', { anon: '----', admin: '+---', service: '++-+' }),
  },
  {
    table: 'public.providers',
    row: 'active',
    subject: ({ provider }) => `id = '${provider}'`,
    cells: everybody('+-0-', {
      anon: '+---',
      blockedCustomer: '0-0-',
      owner: '+-+-',
      service: '+++-',
    }),
  },
  {
    table: 'public.providers',
    row: 'draft',
    subject: ({ draftProvider }) => `id = '${draftProvider}'`,
    cells: everybody('0-0-', {
      anon: '0---',
      owner: '+-+-',
      admin: '+-0-',
      service: '+++-',
    }),
  },
  {
    table: 'public.provider_members',
    subject: ({ provider }) => `provider_id = '${provider}' and role = 'crew_member'`,
    cells: everybody('0---', {
      anon: '----',
      owner: '+---',
      member: '+---',
      admin: '+---',
      service: '++++',
    }),
  },
  {
    table: 'public.provider_categories',
    row: 'of an active provider',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: everybody('+--0', {
      anon: '+---',
      blockedCustomer: '0--0',
      owner: '++-+',
      service: '++-+',
    }),
  },
  {
    table: 'public.provider_categories',
    row: 'of a draft',
    subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
    cells: everybody('0--0', {
      anon: '0---',
      owner: '++-+',
      admin: '+--0',
      service: '++-+',
    }),
  },
  {
    table: 'public.services',
    row: 'of an active provider',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: everybody('+-0-', {
      anon: '+---',
      blockedCustomer: '0-0-',
      owner: '+++-',
      service: '++++',
    }),
  },
  {
    table: 'public.services',
    row: 'of a draft',
    subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
    cells: everybody('0-0-', {
      anon: '0---',
      owner: '+++-',
      admin: '+-0-',
      service: '++++',
    }),
  },
  {
    table: 'public.provider_ratings',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: everybody('+---', { blockedCustomer: '0---' }),
  },
  {
    table: 'public.provider_statistics',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: everybody('0---', {
      anon: '----',
      owner: '+---',
      member: '+---',
      admin: '+---',
      service: '+---',
    }),
  },
  { table: 'public.reputation_formulas', subject: anyRow, cells: reference },
  {
    table: 'public.reviews',
    row: 'of a business',
    subject: ({ provider }) => `provider_id = '${provider}' and side = 'customer'`,
    cells: participants,
  },
  {
    table: 'public.reviews',
    row: 'of a customer',
    subject: ({ provider }) => `provider_id = '${provider}' and side = 'provider'`,
    cells: participants,
  },
];
