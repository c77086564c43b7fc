import type { z } from '@hono/zod-openapi';
import { errorBodySchema } from './errors.ts';

export const content = <T extends z.ZodType>(schema: T) => ({ 'application/json': { schema } });

const refusal = (description: string) => ({ description, content: content(errorBodySchema) });

/** What any route for signed-in users may answer besides its own refusals. */
export const callerRefusals = {
  400: refusal('The request does not have the expected form.'),
  401: refusal('Nobody is signed in.'),
  403: refusal('The caller may not do this, or is blocked.'),
  500: refusal('Something went wrong on our side.'),
};
export const notFoundRefusal = { 404: refusal('There is no such thing.') };
export const conflictRefusal = { 409: refusal('It is not possible as things stand.') };
export { refusal };
