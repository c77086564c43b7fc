/** What the database process and the process that started it tell each other. */
import { z } from 'zod';

export const failureCodes = [
  'port_busy',
  'directory_locked',
  'directory_damaged',
  'start_failed',
] as const;

export const startSchema = z.object({
  type: z.literal('start'),
  dataDir: z.string(),
  port: z.number(),
  password: z.string(),
  idleInTransactionMs: z.number(),
});
export type Start = z.infer<typeof startSchema>;

/** From the parent. */
export const commandSchema = z.discriminatedUnion('type', [
  startSchema,
  z.object({ type: z.literal('stop') }),
]);
export type Command = z.infer<typeof commandSchema>;

/** From the database process, and inside it from the thread that runs the engine. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), port: z.number() }),
  z.object({ type: z.literal('failed'), code: z.enum(failureCodes), message: z.string() }),
  z.object({ type: z.literal('crashed'), message: z.string() }),
  z.object({ type: z.literal('stopped') }),
  z.object({
    type: z.literal('log'),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
  }),
]);
export type DatabaseEvent = z.infer<typeof eventSchema>;
