import type { Payload } from './protocol.ts';

/** One captured change, as realtime.take_changes answers it. */
export interface Change {
  readonly entity: number;
  readonly schema_name: string;
  readonly table_name: string;
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly record: Payload | null;
  readonly old_record: Payload;
  readonly identity_columns: string[];
  readonly is_rls_enabled: boolean;
  readonly changed_at: Date;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

/** Above the first, only values up to the second are told. */
const largestRecord = 1024 * 1024;
const smallValue = 64;

export function isTooLarge({ record, old_record: oldRecord }: Change): boolean {
  return JSON.stringify([record, oldRecord]).length > largestRecord;
}

/** The `data` of a postgres_changes message for those who may read these columns. */
export function changeData(
  change: Change,
  columns: Column[],
  select: string[] | null,
  error: string | null,
  isCut: boolean,
): Payload {
  const { schema_name: schema, table_name: table, type, record, old_record: oldRecord } = change;
  const base = { schema, table, type, commit_timestamp: change.changed_at.toISOString() };
  if (error) return { ...base, errors: [error] };

  const told = columns.filter(({ name, isKey }) => isKey || !select || select.includes(name));
  const pick = (values: Payload, isWanted: (column: Column) => boolean) =>
    Object.fromEntries(
      told
        .filter((column) => isWanted(column) && Object.hasOwn(values, column.name))
        .map(({ name }) => [name, values[name]])
        .filter(([, value]) => !isCut || JSON.stringify(value).length <= smallValue),
    );
  // Nobody can say whether a row that is gone would have been visible: only its key is told.
  const isSecret = type === 'DELETE' && change.is_rls_enabled;
  return {
    ...base,
    columns: told.map(({ name, type: columnType }) => ({ name, type: columnType })),
    ...(record && { record: pick(record, () => true) }),
    ...(type !== 'INSERT' && { old_record: pick(oldRecord, ({ isKey }) => isKey || !isSecret) }),
    errors: isCut ? ['Error 413: Payload Too Large'] : null,
  };
}
