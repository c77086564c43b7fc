import { closed, type Domain } from '../cells.ts';

export const jobs: Domain = {
  cases: closed('private.jobs'),
};
