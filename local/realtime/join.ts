import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const flagSchema = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .catch(false);

const bindingSchema = z.looseObject({});
export type Binding = z.infer<typeof bindingSchema>;

const recordSchema = z.record(z.string(), z.unknown()).catch({});

/** What is missing or of the wrong type counts as not said, as on hosted. */
const joinSchema = z.object({
  access_token: z.string().nullish().catch(null),
  user_token: z.string().nullish().catch(null),
  config: recordSchema,
});
const configSchema = z.object({
  private: flagSchema,
  broadcast: recordSchema,
  presence: recordSchema,
  postgres_changes: z.array(bindingSchema.nullable()).catch([]),
  postgres_changes_options: recordSchema,
});
const broadcastSchema = z.object({
  ack: flagSchema,
  self: flagSchema,
  replication_ready: flagSchema,
  replay: z.unknown().optional(),
});
const presenceSchema = z.object({
  enabled: flagSchema,
  key: z.union([z.string(), z.number(), z.boolean()]).catch(''),
});
const changesSchema = z.object({
  wait: flagSchema,
  timeout: z.number().positive().max(20_000).catch(15_000),
});

export const replaySchema = z.object({
  since: z.int().default(0),
  limit: z.int().default(10),
});

export interface Join {
  readonly accessToken: string | null;
  readonly isPrivate: boolean;
  readonly ack: boolean;
  readonly self: boolean;
  readonly replicationReady: boolean;
  /** As it came: null when the client does not ask for a replay. */
  readonly replay: unknown;
  readonly presenceEnabled: boolean;
  readonly presenceKey: string;
  readonly bindings: Binding[];
  /** How long the join may wait for its postgres_changes; 0 when it need not. */
  readonly changesTimeoutMs: number;
}

export function parseJoin(payload: unknown): Join {
  const { config: said, ...tokens } = joinSchema.parse(payload);
  const config = configSchema.parse(said);
  const broadcast = broadcastSchema.parse(config.broadcast);
  const presence = presenceSchema.parse(said.presence ? config.presence : { enabled: true });
  const changes = changesSchema.parse(config.postgres_changes_options);
  return {
    accessToken: tokens.user_token ?? tokens.access_token ?? null,
    isPrivate: config.private,
    ack: broadcast.ack,
    self: broadcast.self,
    replicationReady: broadcast.replication_ready,
    replay: broadcast.replay ?? null,
    presenceEnabled: presence.enabled,
    presenceKey: String(presence.key) || randomUUID(),
    bindings: config.postgres_changes.filter((binding) => binding !== null),
    changesTimeoutMs: changes.wait ? changes.timeout : 0,
  };
}
