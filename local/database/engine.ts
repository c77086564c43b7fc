/**
 * PGlite, driven at the level of its message loop: bytes in, bytes out, nothing parsed between.
 * PGlite's own `execProtocolRaw` copies and parses every answer, and spins for ever on a backend
 * that has died; this loop does neither.
 */
import { PGlite, protocol } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp';
import { pgtap } from '@electric-sql/pglite-pgtap';
import { vector } from '@electric-sql/pglite-pgvector';
import { postgis } from '@electric-sql/pglite-postgis';
import { int32, Server } from './protocol.ts';

/** The superuser that initdb creates; it owns the platform's schemas, as on hosted Supabase. */
export const SUPERUSER = 'supabase_admin';
export const DATABASE = 'postgres';

/** PGlite's own parameters without the ones that differ from a normal server. */
const startParams = PGlite.defaultStartParams
  .filter((param) => param !== '-O')
  .map((param) => (param === 'search_path=public' ? 'timezone=UTC' : param))
  .concat('-c', 'max_wal_size=128MB', '-c', 'min_wal_size=32MB');

/** The exit status by which PGlite reports an ordinary SQL error (POSTGRES_MAIN_LONGJMP). */
const SQL_ERROR = 100;

const KEPT_OUTPUT = 64 * 1024;

/** The backend has died (stack or memory exhausted, PANIC): only a new process can go on. */
export class EngineCrash extends Error {}

/** What is needed of the WebAssembly instance beyond what PGlite shows. */
interface Stack {
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(pointer: number): void;
}
interface EmscriptenOptions {
  instantiateWasm(
    imports: Record<string, Record<string, unknown>>,
    done: (instance: { exports: Stack }, module: unknown) => void,
  ): unknown;
}

/**
 * Reaches the engine's stack pointer, and switches off its timers: they fire between statements
 * only, and those that may (idle_in_transaction_session_timeout, transaction_timeout …) end the
 * one backend of all sessions. The server watches idle transactions itself.
 */
function internals(receive: (stack: Stack) => void) {
  const setup = async (_: unknown, emscriptenOpts: EmscriptenOptions) => {
    const instantiate = emscriptenOpts.instantiateWasm;
    emscriptenOpts.instantiateWasm = (imports, done) => {
      if (imports.env) imports.env._setitimer_js = () => 0;
      return instantiate(imports, (instance, module) => {
        receive(instance.exports);
        done(instance, module);
      });
    };
    return { emscriptenOpts };
  };
  return { name: 'internals', setup };
}

export type Row = (string | null)[];

export class Engine {
  readonly #pglite: PGlite;
  readonly #mod: PGlite['Module'];
  readonly #stack: Stack;
  /** Is given every NotificationResponse that an internal query brings along. */
  onNotification: (frame: Buffer) => void = () => {};

  #isDead = false;
  #input: readonly Uint8Array[] = [];
  #inputIndex = 0;
  #inputOffset = 0;
  #output = Buffer.allocUnsafe(KEPT_OUTPUT);
  #outputLength = 0;

  private constructor(pglite: PGlite, stack: Stack) {
    this.#pglite = pglite;
    this.#stack = stack;
    this.#mod = pglite.Module;
    const read = this.#mod.addFunction((address, max) => this.#read(address, max), 'iii');
    const write = this.#mod.addFunction((address, length) => this.#write(address, length), 'iii');
    this.#mod._pgl_set_rw_cbs(read, write);
    this.#startReporting();
  }

  static async open(dataDir: string): Promise<Engine> {
    let stack: Stack | undefined;
    const pglite = await PGlite.create({
      dataDir,
      initDbStartParams: [`--username=${SUPERUSER}`],
      startParams,
      extensions: {
        btree_gist,
        pg_trgm,
        pgcrypto,
        pgtap,
        postgis,
        internals: internals((instance) => {
          stack = instance;
        }),
        unaccent,
        uuid_ossp,
        vector,
      },
    });
    if (!stack) throw new Error('the engine was not instantiated');
    return new Engine(pglite, stack);
  }

  /** Gives the backend `frames` and returns all it says to them. */
  exec(frames: readonly Uint8Array[]): Buffer {
    if (this.#isDead) throw new EngineCrash('the backend has exited');
    const mod = this.#mod;
    this.#input = frames;
    this.#inputIndex = 0;
    this.#inputOffset = 0;
    this.#outputLength = 0;
    const stackPointer = this.#stack.emscripten_stack_get_current();
    try {
      while (this.#inputIndex < frames.length || mod._pq_buffer_remaining_data() > 0) {
        try {
          mod._PostgresMainLoopOnce();
        } catch (error) {
          if (mod._pgl_setPGliteExitStatus(-2) !== SQL_ERROR) throw error;
          // an error has unwound the stack of JavaScript, but not the engine's own
          this.#stack._emscripten_stack_restore(stackPointer);
          mod._PostgresMainLongJmp();
        }
      }
      mod._PostgresSendReadyForQueryIfNecessary();
      mod._pgl_pq_flush();
    } catch (error) {
      this.#isDead = true;
      throw new EngineCrash(error instanceof Error ? error.message : 'the backend has exited');
    }
    return this.#takeOutput();
  }

  /** Runs the server's own SQL; returns the rows of all its statements. Throws DatabaseError. */
  query(sql: string): Row[] {
    const output = this.exec([protocol.serialize.query(sql)]);
    const rows: Row[] = [];
    let failure: Error | undefined;
    for (let at = 0; at < output.length; at += 1 + output.readUInt32BE(at + 1)) {
      if (output[at] === Server.notification) {
        this.onNotification(output.subarray(at, at + 1 + output.readUInt32BE(at + 1)));
      }
    }
    new protocol.Parser().parse(output, (answer) => {
      if (answer instanceof protocol.messages.DataRowMessage) rows.push(answer.fields);
      else if (answer instanceof protocol.messages.DatabaseError) failure ??= answer;
    });
    if (failure) throw failure;
    return rows;
  }

  get isInTransaction(): boolean {
    return !this.#isDead && this.#mod._IsTransactionBlock() !== 0;
  }

  async close(): Promise<void> {
    await this.#pglite.close();
  }

  /** A connection's startup makes the backend send ParameterStatus when a setting changes. */
  #startReporting(): void {
    const body = Buffer.from(`user\0${SUPERUSER}\0database\0${DATABASE}\0\0`);
    this.#input = [Buffer.concat([int32(8 + body.length, 3 << 16), body])];
    this.#mod._ProcessStartupPacket(this.#mod._pgl_getMyProcPort(), true, true);
    this.#mod._pgl_sendConnData();
    this.#mod._pgl_pq_flush();
    this.#takeOutput();
  }

  #read(address: number, max: number): number {
    const frame = this.#input[this.#inputIndex];
    if (frame === undefined) return 0;
    const part = frame.subarray(this.#inputOffset, this.#inputOffset + max);
    this.#mod.HEAPU8.set(part, address);
    this.#inputOffset += part.length;
    if (this.#inputOffset === frame.length) {
      this.#inputIndex += 1;
      this.#inputOffset = 0;
    }
    return part.length;
  }

  #write(address: number, length: number): number {
    const end = this.#outputLength + length;
    if (end > this.#output.length) {
      const larger = Buffer.allocUnsafe(2 * end);
      this.#output.copy(larger, 0, 0, this.#outputLength);
      this.#output = larger;
    }
    this.#output.set(this.#mod.HEAPU8.subarray(address, address + length), this.#outputLength);
    this.#outputLength = end;
    return length;
  }

  /** Small answers are copied out of the standing buffer, large ones leave with it. */
  #takeOutput(): Buffer {
    if (this.#outputLength < KEPT_OUTPUT / 2) {
      return Buffer.from(this.#output.subarray(0, this.#outputLength));
    }
    const output = this.#output.subarray(0, this.#outputLength);
    this.#output = Buffer.allocUnsafe(KEPT_OUTPUT);
    return output;
  }
}
