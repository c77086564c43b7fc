/**
 * Who may execute which function of the product: everything that is not listed here is nobody's.
 * Trigger functions need no grant, so they are not listed either.
 */
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { testStack } from '../helpers/stack.ts';
import { callers } from './matrix.ts';

test('every function is executed by those who are listed and by nobody else', async () => {
  const stack = await testStack();
  const sql = postgres(stack.adminDatabaseUrl, { max: 1 });
  try {
    const rows = await sql<{ name: string; roles: string }[]>`
      select
        format('%I.%I', nspname, proname) as name,
        concat_ws(
          ' ',
          case when has_function_privilege('anon', pg_proc.oid, 'execute') then 'anon' end,
          case when has_function_privilege('authenticated', pg_proc.oid, 'execute')
            then 'authenticated' end,
          case when has_function_privilege('service_role', pg_proc.oid, 'execute')
            then 'service_role' end,
          case when has_function_privilege('supabase_auth_admin', pg_proc.oid, 'execute')
            then 'supabase_auth_admin' end
        ) as roles
      from pg_proc
      join pg_namespace on pg_namespace.oid = pronamespace
      where nspname in ('public', 'private', 'analytics')
      order by 1
    `;
    const found = Object.fromEntries(
      rows.filter(({ roles }) => roles !== '').map(({ name, roles }) => [name, roles]),
    );
    expect(found).toEqual(callers);
  } finally {
    await sql.end();
  }
});
