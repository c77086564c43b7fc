import type { Sql } from 'postgres';
import { z } from 'zod';
import type { Caller } from '../rest/request.ts';
import { settingsStatement } from '../rest/settings.ts';

export const listOptionsSchema = z.object({
  prefix: z.string().default(''),
  limit: z.number().int().min(1).max(10_000).default(100),
  offset: z.number().int().min(0).default(0),
  search: z.string().default(''),
  sortBy: z
    .object({
      column: z.enum(['name', 'created_at', 'updated_at', 'last_accessed_at']).default('name'),
      order: z.enum(['asc', 'desc']).default('asc'),
    })
    .prefault({}),
});
type ListOptions = z.infer<typeof listOptionsSchema>;

/** One level of a bucket as the caller may see it: folders first (they have no id), then files. */
export async function listObjects(sql: Sql, caller: Caller, bucket: string, options: ListOptions) {
  const { prefix, limit, offset, search, sortBy } = options;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const level = folder.split('/').length;
  return sql.begin(async (tx) => {
    await tx.unsafe(
      settingsStatement({
        role: caller.claims.role,
        claims: caller.claims,
        request: undefined,
        roleSettings: new Map(),
        extra: { 'storage.operation': 'storage.object.list' },
      }),
    );
    return tx`
      with found as (
        select path_tokens[${level}::int] as entry, cardinality(path_tokens) > ${level} as is_folder,
          id, updated_at, created_at, last_accessed_at, metadata
        from storage.objects
        where bucket_id = ${bucket} and starts_with(lower(name), lower(${folder + search}))
      ), entries as (
        select entry as name, true as is_folder, null::uuid as id, null::timestamptz as updated_at,
          null::timestamptz as created_at, null::timestamptz as last_accessed_at,
          null::jsonb as metadata
        from found where is_folder group by entry
        union all
        select entry, false, id, updated_at, created_at, last_accessed_at, metadata
        from found where not is_folder
      )
      select name, id, updated_at, created_at, last_accessed_at, metadata
      from entries
      order by is_folder desc, ${tx(sortBy.column)} ${sortBy.order === 'asc' ? tx`asc` : tx`desc`}, name
      limit ${limit} offset ${offset}`;
  });
}
