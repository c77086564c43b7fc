/** Cases of the catalogue, of what businesses show, and of what people keep to themselves. */
import { type Case, everybody } from './cells.ts';
import { ids } from './people.ts';

const anyRow = (): string => 'true';

/** Read like the business, written by those who manage it. */
const shown = (managed: string): Case['cells'] =>
  everybody(`+-${managed}`, { anon: '+---', blockedCustomer: `0-${managed}` });

/** A row of `customer` that nobody else sees; `others` is what comes of others' inserts and more. */
const own = (
  table: string,
  column: string,
  mine: string,
  others: string,
  service: string,
): Case => ({
  table,
  subject: () => `${column} = '${ids.customer}'`,
  cells: everybody(`0${others}`, {
    anon: '----',
    customer: mine,
    blockedCustomer: `0${others.replace('+', '-')}`,
    service,
  }),
});

export const providerCases: readonly Case[] = [
  own('public.addresses', 'user_id', '++++', '+00', '+---'),
  own('public.devices', 'user_id', '+--+', '--0', '+--+'),
  own('public.preferences', 'user_id', '+++-', '+0-', '+---'),
  {
    table: 'public.sign_ins',
    subject: () => `user_id = '${ids.customer}'`,
    cells: everybody('0---', { anon: '----', customer: '+---', admin: '+---', service: '+---' }),
  },
  {
    table: 'public.provider_invitations',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: everybody('0---', {
      anon: '----',
      owner: '+---',
      otherCustomer: '+---',
      service: '+---',
    }),
  },
  { table: 'private.count_changes', subject: anyRow, cells: everybody('----') },
  { table: 'private.service_views', subject: anyRow, cells: everybody('----') },
  { table: 'public.category_statistics', subject: anyRow, cells: everybody('+---') },
  { table: 'public.verticals', subject: anyRow, cells: everybody('+---') },
  {
    table: 'public.service_statistics',
    subject: ({ provider }) =>
      `service_id in (select id from public.services where provider_id = '${provider}')`,
    cells: everybody('+---', { blockedCustomer: '0---' }),
  },
  {
    table: 'public.provider_photos',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: { ...shown('00'), owner: '++++', service: '++++' },
  },
  {
    table: 'public.provider_photos',
    row: 'of a draft',
    subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
    cells: everybody('0-00', { anon: '0---', owner: '++++', admin: '+-00', service: '++++' }),
  },
  { table: 'private.search_areas', subject: anyRow, cells: everybody('----') },
  {
    table: 'public.service_areas',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: { ...shown('-0'), owner: '++-+', service: '++-+' },
  },
  {
    table: 'public.provider_skills',
    subject: ({ provider }) => `provider_id = '${provider}'`,
    cells: { ...shown('-0'), owner: '++-+', service: '++++' },
  },
];
