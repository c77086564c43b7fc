/** Sign-in as an app does it, through every service of the stack. */
import postgres from 'postgres';
import { beforeAll, expect, it } from 'vitest';
import { asRole } from '../helpers/roles.ts';
import { makeUser, newPhone, signInByPhone, testStack } from '../helpers/stack.ts';

beforeAll(async () => {
  await testStack();
});

it('by phone: auth calls the function, the function fills the inbox, the code signs in', async () => {
  const phone = newPhone();
  const { id, client } = await signInByPhone(phone);
  const { data, error } = await client.auth.getUser();
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ id, phone: phone.slice(1), role: 'authenticated' });
  const again = await signInByPhone(phone);
  expect(again.id).toBe(id);
});

it('leaves codes unreadable for pages of other origins', async () => {
  const { url } = await testStack();
  const headers = { origin: 'https://elsewhere.example' };
  for (const method of ['GET', 'OPTIONS']) {
    const answer = await fetch(`${url}/_inbox/api/messages`, { method, headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  }
});

it('by password, of a user whom an admin made', async () => {
  const stack = await testStack();
  const user = await makeUser();
  const sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  try {
    const profiles = await asRole(
      sql,
      { role: 'authenticated', claims: { sub: user.id } },
      (tx) => tx`select id, current_user as role from public.profiles`,
    );
    expect([...profiles]).toEqual([{ id: user.id, role: 'authenticated' }]);
    const [{ role } = { role: null }] = await sql`select current_user as role`;
    expect(role).toBe('supabase_admin');
  } finally {
    await sql.end();
  }
  const { data } = await user.client.from('profiles').select('id');
  expect(data).toEqual([{ id: user.id }]);
});

it('keeps what asRole writes to itself', async () => {
  const stack = await testStack();
  const user = await makeUser();
  const sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  try {
    const caller = { role: 'authenticated', claims: { sub: user.id } } as const;
    const changed = await asRole(sql, caller, async (tx) => {
      const rows = await tx`update public.profiles set display_name = 'Changed' returning id`;
      return rows.length;
    });
    expect(changed).toBe(1);
    const [row] = await sql`select display_name from public.profiles where id = ${user.id}`;
    expect(row?.display_name).not.toBe('Changed');
    await expect(asRole(sql, caller, (tx) => tx`select 1 / 0`)).rejects.toThrow(/division by zero/);
  } finally {
    await sql.end();
  }
});
