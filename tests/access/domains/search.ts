import { anyone, closed, type Domain } from '../cells.ts';

export const search: Domain = {
  cases: closed(
    'private.search_areas',
    'private.search_documents',
    'private.search_entries',
    'private.search_vocabulary',
    'private.search_words_gone',
  ),
  rpcs: {
    search_providers: anyone,
  },
};
