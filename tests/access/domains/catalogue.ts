import { anyone, anyRow, closed, type Domain, everybody, own, reference } from '../cells.ts';

export const catalogue: Domain = {
  cases: [
    ...closed('private.count_changes'),
    ...reference('public.category_statistics', 'public.verticals'),
    own('public.preferences', '+++-', '+0-', '+---'),
    { table: 'public.categories', subject: anyRow, cells: everybody('+---', { service: '++++' }) },
  ],
  functions: {
    'private.is_shown': anyone,
  },
};
