import { createFunction } from '../_shared/app.ts';
import { environment, type Variables } from '../_shared/env.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { providerRoutes } from './routes/providers.ts';
import { userRoutes } from './routes/users.ts';

/** The function over a given environment; tests pass their own. */
export function createApp(variables: Variables = environment()) {
  return createFunction({
    name: 'admin',
    title: 'Admin',
    description:
      'What admins decide about businesses, users and configuration. Every route acts in the ' +
      "caller's name: the database checks the role and writes the log.",
    maxBodyBytes: 256 * 1024,
  })
    .route('/', providerRoutes(variables))
    .route('/', userRoutes(variables))
    .route('/', configurationRoutes(variables));
}

export const app = createApp();
export type AdminFunction = typeof app;
