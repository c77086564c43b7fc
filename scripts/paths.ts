import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url));
export const sqlDir = fileURLToPath(new URL('../sql', import.meta.url));
export const migrationsDir = fileURLToPath(new URL('../supabase/migrations', import.meta.url));
