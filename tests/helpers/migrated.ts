import { inject } from 'vitest';
import { z } from 'zod';

const valuesSchema = z.object({
  /** As the superuser. */
  adminUrl: z.string(),
  /** As `postgres`. */
  databaseUrl: z.string(),
});

/** The database with the product that test files share: whatever they write, they roll back. */
export async function migratedDatabase(): Promise<z.infer<typeof valuesSchema>> {
  const answer = await fetch(inject('migratedUrl'));
  if (!answer.ok) throw new Error(`The database did not start: ${await answer.text()}`);
  return valuesSchema.parse(await answer.json());
}
