/** What the tests of admins share. */
import type { Sql } from 'postgres';
import { z } from 'zod';
import { isKarigarError } from '../../../types/index.ts';
import type { Person } from '../people.ts';

export const place = { address: 'Vipin Khand, Gomti Nagar', lat: 26.8547, lng: 81.0044 };
const rowSchema = z.object({ id: z.uuid() });

/** Parameters of the routes, as the typed client names them. */
export const providers = ':provider_id';
export const users = ':user_id';
export const ofFirm = (provider_id: string) => ({ param: { provider_id } });

export const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return 'ok';
  if (!isKarigarError(error)) throw error;
  return `${error.status} ${error.reason}`;
};

/** A submitted business of `owner`. */
export async function submitFirm(owner: Person, sql: Sql): Promise<string> {
  const { supabase } = owner.karigar;
  const { data: category } = await supabase
    .from('categories')
    .select('id, slug')
    .eq('market_id', 'localpro')
    .limit(1)
    .single()
    .throwOnError();
  const made = await supabase
    .rpc('create_provider', {
      market: 'localpro',
      names: { en: 'Gomti Repairs' },
      location: place,
      categories: [category.slug],
    })
    .throwOnError();
  const { id: provider_id } = rowSchema.parse(made.data);
  await sql`
    insert into public.services (provider_id, category_id, names, price_amount)
    values (${provider_id}, ${category.id}, '{"en": "Visit"}', 40000)
  `;
  await supabase.rpc('submit_provider', { provider_id }).throwOnError();
  return provider_id;
}
