/** What businesses show, and what people keep to themselves. */
import type { TransactionSql } from 'postgres';
import { ids } from './people.ts';

/** A skill, a picture and a service area of each firm; the job has added up the counts. */
export async function makeShowcase(tx: TransactionSql): Promise<void> {
  const firms = tx`
    public.provider_members where role = 'owner' and user_id in ${tx(Object.values(ids))}
  `;
  await tx`
    insert into public.provider_skills (provider_id, name) select provider_id, 'Welding' from ${firms}
  `;
  await tx`
    insert into public.provider_photos (provider_id, path)
    select provider_id, provider_id || '/work.jpg' from ${firms}
  `;
  await tx`
    insert into public.service_areas (provider_id, kind, postcodes)
    select provider_id, 'postcodes', '{226010}' from ${firms}
  `;
  await tx`
    insert into public.provider_invitations (provider_id, role, email)
    select provider_id, 'crew_member', ${ids.otherCustomer} || '@example.test' from ${firms}
  `;
  await tx`update auth.users set email_confirmed_at = now() where id = ${ids.otherCustomer}`;
  await makeOwnRows(tx);
  await tx`select private.add_up_counts()`;
}

/** What `customer` keeps to itself. */
async function makeOwnRows(tx: TransactionSql): Promise<void> {
  const user = ids.customer;
  await tx`
    insert into public.addresses (user_id, label, address, lat, lng)
    values (${user}, 'Home', 'Vipin Khand', 26.85, 81)
  `;
  await tx`
    insert into public.devices (user_id, platform, push_token) values (${user}, 'web', 'token')
  `;
  await tx`insert into public.preferences (user_id) values (${user})`;
  await tx`insert into auth.sessions (id, user_id) values (gen_random_uuid(), ${user})`;
}
