/** A client that speaks the wire protocol message by message, to do what drivers never do. */
import { connect, type Socket } from 'node:net';
import { parse, serialize } from 'pg-protocol';
import { z } from 'zod';
import { startDatabase } from '../../local/database/index.ts';

export const password = 'database-test';
export const silent = { info() {}, warn: console.warn, error: console.error };

/** A database on a free port in `dataDir`. */
export const start = (dataDir: string, idleInTransactionMs = 10_000) =>
  startDatabase({ dataDir, port: 0, password, log: silent, idleInTransactionMs });

export const urlOf = (port: number, user = 'supabase_admin') =>
  `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;

/** Messages of the backend as pg-protocol parses them, as far as the tests look at them. */
const answerSchema = z.object({
  name: z.string(),
  status: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  /** Of CommandComplete. */
  text: z.string().optional(),
  /** Of a row. */
  fields: z.array(z.string().nullable()).optional().catch(undefined),
  channel: z.string().optional(),
  payload: z.string().optional(),
  processId: z.number().optional(),
  processID: z.number().optional(),
  secretKey: z.number().optional(),
  parameterName: z.string().optional(),
  parameterValue: z.string().optional(),
  /** Of COPY data; the parser's own buffer is used again. */
  chunk: z
    .instanceof(Buffer)
    .transform((chunk) => Buffer.from(chunk))
    .optional(),
});
export type Answer = z.infer<typeof answerSchema>;

export class WireClient {
  readonly socket: Socket;
  readonly #answers: Answer[] = [];
  #wake: () => void = () => {};
  #isOver = false;

  private constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#isOver = true;
      this.#wake();
    });
    void parse(this.socket, (answer) => {
      this.#answers.push(answerSchema.parse(answer));
      this.#wake();
    });
  }

  /** A connection that has said nothing yet. */
  static open(port: number): WireClient {
    return new WireClient(port);
  }

  static async connect(
    port: number,
    user = 'supabase_admin',
    options: Record<string, string> = {},
    secret = password,
  ): Promise<WireClient> {
    const client = new WireClient(port);
    client.send(serialize.startup({ user, database: 'postgres', ...options }));
    await client.until('authenticationCleartextPassword');
    client.send(serialize.password(secret));
    return client;
  }

  /** Connected and logged in; with all that the server said to it. */
  static async login(port: number, user?: string, options?: Record<string, string>) {
    const client = await WireClient.connect(port, user, options);
    const greeting = await client.until('readyForQuery');
    return { client, greeting };
  }

  send(...frames: Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** All answers up to the first of that name; throws when the server hangs up before it. */
  async until(name: string): Promise<Answer[]> {
    for (;;) {
      const end = this.#answers.findIndex((answer) => answer.name === name);
      if (end >= 0) return this.#answers.splice(0, end + 1);
      if (this.#isOver) throw new Error(`hung up: ${JSON.stringify(this.#answers)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The answers to `frames`, up to ReadyForQuery. */
  async ask(...frames: Uint8Array[]): Promise<Answer[]> {
    this.send(...frames);
    return this.until('readyForQuery');
  }

  async query(text: string): Promise<(string | null)[][]> {
    const answers = await this.ask(serialize.query(text));
    const error = answers.find((answer) => answer.name === 'error');
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return answers.flatMap((answer) =>
      answer.fields && answer.name === 'dataRow' ? [answer.fields] : [],
    );
  }

  async closed(): Promise<Answer[]> {
    while (!this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#answers.splice(0);
  }

  end(): void {
    this.socket.end(serialize.end());
  }
}

export const names = (answers: Answer[]) => answers.map((answer) => answer.name);
export const rows = (answers: Answer[]) =>
  answers.filter((answer) => answer.name === 'dataRow').map((answer) => answer.fields?.[0]);
export const codes = (answers: Answer[]) =>
  answers.filter((answer) => answer.name === 'error').map((answer) => answer.code);

/** An exchange without its Sync. */
export const run = (text: string, values: string[] = [], statement = '') => [
  serialize.parse({ text, name: statement }),
  serialize.bind({ statement, values }),
  serialize.describe({ type: 'P' }),
  serialize.execute(),
];
export const sync = () => serialize.sync();
