/** A connection's way from its first message to a session: what it asks for, and who it is. */
import { timingSafeEqual } from 'node:crypto';
import { DATABASE, type Engine } from './engine.ts';
import {
  authenticationPassword,
  Client,
  int32,
  message,
  ProtocolViolation,
  readString,
} from './protocol.ts';
import { findAccount, Settings } from './settings.ts';
import { parseStartup, type StartupRequest } from './startup.ts';

type Startup = Extract<StartupRequest, { kind: 'startup' }>;

export type Step =
  | { readonly kind: 'reply'; readonly parts: Buffer[]; readonly isStarted: boolean }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: number }
  | { readonly kind: 'authenticated' };

/** The client may not come in. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

export class Handshake {
  readonly #password: Buffer;
  #startup: Startup | undefined;

  constructor(password: string) {
    this.#password = Buffer.from(password);
  }

  /** Takes the client's next message. Throws Refusal. */
  take(frame: Buffer): Step {
    return this.#startup ? this.#takePassword(frame, this.#startup) : this.#takeStartup(frame);
  }

  /** The settings that the authenticated user's session begins with. Throws Refusal. */
  logIn(engine: Engine): Settings {
    const startup = this.#startup;
    if (!startup) throw new ProtocolViolation('login before startup');
    const { user, database } = startup;
    const account = findAccount(engine, user);
    if (account === undefined) throw wrongPassword(user);
    if (!account.canLogin) throw new Refusal('28000', `role "${user}" is not permitted to log in`);
    if (database !== DATABASE) throw new Refusal('3D000', `database "${database}" does not exist`);
    const defaults = new Map([...account.defaults, ...startup.settings]);
    return new Settings(user, account.isSuperuser, defaults);
  }

  #takeStartup(frame: Buffer): Step {
    const request = parseStartup(frame);
    if (request.kind === 'cancel') return request;
    if (request.kind === 'encryption') {
      return { kind: 'reply', parts: [Buffer.from('N')], isStarted: false };
    }
    this.#startup = request;
    if (request.replication)
      throw new Refusal('0A000', 'replication connections are not supported');
    const parts = [authenticationPassword];
    const { minorVersion, unknownOptions } = request;
    if (minorVersion > 0 || unknownOptions.length > 0) {
      parts.unshift(message('v', int32(3 << 16, unknownOptions.length), ...unknownOptions));
    }
    return { kind: 'reply', parts, isStarted: true };
  }

  #takePassword(frame: Buffer, { user }: Startup): Step {
    if (frame[0] !== Client.password) throw new ProtocolViolation('expected password response');
    const given = Buffer.from(readString(frame, 5).text);
    const isRight =
      given.length === this.#password.length && timingSafeEqual(given, this.#password);
    if (!isRight) throw wrongPassword(user);
    return { kind: 'authenticated' };
  }
}

function wrongPassword(user: string): Refusal {
  return new Refusal('28P01', `password authentication failed for user "${user}"`);
}
