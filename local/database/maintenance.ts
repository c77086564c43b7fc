/**
 * What Postgres leaves to background processes, of which the engine has none: checkpoints, without
 * which the write-ahead log would grow for ever, and autovacuum, without which the planner would
 * know nothing of new tables.
 */
import type { Engine } from './engine.ts';
import { RESET } from './settings.ts';

const CHECKPOINT_BYTES = 64 * 1024 * 1024;

/** The thresholds are autovacuum's own. */
const DUE = `
  select pg_catalog.format(
    case when s.n_dead_tup > 50 + 0.2 * c.reltuples then 'vacuum (analyze) %I.%I' else 'analyze %I.%I' end,
    s.schemaname, s.relname
  )
  from pg_catalog.pg_stat_all_tables s
    join pg_catalog.pg_class c on c.oid = s.relid
  where c.relpersistence = 'p' and c.relkind in ('r', 'm') and s.schemaname <> 'pg_toast'
    and (
      s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
      or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    )
  order by s.n_mod_since_analyze desc
  limit 1`;

/** Does the most urgent thing; true when there was one. Leaves the backend undressed. */
export function maintain(engine: Engine): boolean {
  engine.query(RESET);
  const [log] = engine.query(
    'select pg_catalog.pg_current_wal_insert_lsn() - redo_lsn from pg_catalog.pg_control_checkpoint()',
  );
  if (Number(log?.[0]) > CHECKPOINT_BYTES) {
    engine.query('checkpoint');
    return true;
  }
  const [due] = engine.query(DUE);
  if (due?.[0]) engine.query(due[0]);
  return due !== undefined;
}
