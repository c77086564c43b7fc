import { anyRow, type Domain, everybody, service } from '../cells.ts';

export const markets: Domain = {
  cases: [
    { table: 'public.markets', subject: anyRow, cells: everybody('+---', { service: '+++-' }) },
  ],
  functions: {
    'private.require_in_market': service,
  },
};
