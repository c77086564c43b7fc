/** The reasons that each RPC can raise, read out of the database's own functions and triggers. */
import type { Query } from './query.ts';

interface Routine {
  readonly name: string;
  readonly args: readonly string[] | null;
  readonly body: string;
}
interface Trigger {
  readonly target: string;
  readonly event: string;
  readonly routine: string;
  readonly args: readonly string[];
}
interface Named {
  readonly name: string;
  readonly reason: string;
}

const routinesQuery = `
  select format('%s.%s', nspname, proname) as name, proargnames as args, prosrc as body
  from pg_proc
  join pg_namespace on pg_namespace.oid = pronamespace
  where nspname in ('public', 'private')
`;

const triggersQuery = `
  select
    format('%s.%s', nspname, relname) as target,
    event.name as event,
    (
      select format('%s.%s', nspname, proname)
      from pg_proc
      join pg_namespace on pg_namespace.oid = pronamespace
      where pg_proc.oid = tgfoid
    ) as routine,
    array_remove(string_to_array(encode(tgargs, 'escape'), '\\000'), '') as args
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_namespace on pg_namespace.oid = relnamespace
  cross join (values (4, 'insert'), (8, 'delete'), (16, 'update')) as event (bit, name)
  where not tgisinternal and tgtype::integer & event.bit <> 0
`;

/** Tables as statements of PL/pgSQL name them: with their schema, since no path is set. */
const writes: readonly (readonly [event: string, pattern: RegExp])[] = [
  ['insert', /\binsert\s+into\s+([a-z_]+\.[a-z_]+)/g],
  ['update', /\bupdate\s+(?:only\s+)?([a-z_]+\.[a-z_]+)/g],
  ['update', /\binsert\s+into\s+([a-z_]+\.[a-z_]+)[^;]*?\bdo\s+update\b/g],
  ['delete', /\bdelete\s+from\s+([a-z_]+\.[a-z_]+)/g],
];

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

/** Sorted reasons by name of the RPC. */
export async function readRpcErrors(query: Query): Promise<Map<string, string[]>> {
  const routines = await query<Routine>(routinesQuery);
  const triggers = await query<Trigger>(triggersQuery);
  const reasons = new Set(
    (await query<{ reason: string }>('select reason from private.errors')).map((row) => row.reason),
  );
  const byName = (rows: readonly Named[]) => new Map(rows.map((row) => [row.name, row.reason]));
  const limits = byName(await query<Named>('select name, reason from private.limits'));
  const rates = byName(
    await query<Named>('select action as name, reason from private.rate_limits'),
  );
  const bodies = new Map(routines.map(({ name, body }) => [name, body.replace(/--.*$/gm, '')]));

  const collect = (start: string, args: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string, isTrigger: boolean): void => {
      const body = bodies.get(name);
      if (body === undefined || seen.has(`${name} ${isTrigger}`)) return;
      seen.add(`${name} ${isTrigger}`);
      const raise = (reason: string | undefined) => {
        if (reason === undefined || !reasons.has(reason)) return;
        // A trigger checks all columns, of which the RPC writes its arguments.
        const column = /^invalid_(.+)$/.exec(reason)?.[1];
        if (!isTrigger || column === undefined || args.includes(column)) found.add(reason);
      };
      for (const literal of all(body, /'(invalid_[a-z_]+)'/g)) raise(literal);
      for (const literal of all(body, /\bprivate\.(?:fail|refuse)\(\s*'([a-z_]+)'/g))
        raise(literal);
      for (const action of all(body, /\btake_token\([^;]*?'([a-z_]+)'\s*\)/g)) {
        raise(rates.get(action));
      }
      for (const limit of all(body, /\brequire_room\(\s*'([a-z_]+)'/g)) raise(limits.get(limit));
      for (const [event, pattern] of writes) {
        for (const target of all(body, pattern)) {
          for (const trigger of triggers) {
            if (trigger.target !== target || trigger.event !== event) continue;
            for (const arg of trigger.args) raise(limits.get(arg));
            visit(trigger.routine, true);
          }
        }
      }
      for (const called of all(body, /\b((?:private|public)\.[a-z_]+)\s*\(/g)) {
        visit(called, isTrigger);
      }
    };
    visit(start, false);
    return found;
  };
  return new Map(
    routines
      .filter(({ name }) => name.startsWith('public.'))
      .map(({ name, args }) => {
        const found = [...collect(name, args ?? [])].sort();
        return [name.replace('public.', ''), found] as const;
      })
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}
