/** What a connection's first message asks for. */
import { ProtocolViolation, readString } from './protocol.ts';

export type StartupRequest =
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: number }
  | {
      readonly kind: 'startup';
      readonly user: string;
      readonly database: string;
      readonly replication: boolean;
      /** Settings of the session: parameters of the message and `-c` options. */
      readonly settings: ReadonlyMap<string, string>;
      /** Minor protocol version, and protocol options (`_pq_.…`) that this server doesn't know. */
      readonly minorVersion: number;
      readonly unknownOptions: readonly string[];
    };

const CANCEL = 80877102;
const SSL = 80877103;
const GSS = 80877104;

export function parseStartup(frame: Buffer): StartupRequest {
  if (frame.length < 8) throw new ProtocolViolation('invalid length of startup packet');
  const code = frame.readUInt32BE(4);
  if (code === SSL || code === GSS) return { kind: 'encryption' };
  if (code === CANCEL && frame.length === 16) {
    return { kind: 'cancel', pid: frame.readInt32BE(8), secret: frame.readInt32BE(12) };
  }
  if (code >> 16 !== 3) throw new ProtocolViolation(`unsupported frontend protocol ${code >> 16}`);

  const settings = new Map<string, string>();
  const unknownOptions: string[] = [];
  let user = '';
  let database = '';
  let replication = false;
  for (let at = 8; at < frame.length && frame[at] !== 0; ) {
    const name = readString(frame, at);
    const value = readString(frame, name.end);
    at = value.end;
    if (name.text === 'user') user = value.text;
    else if (name.text === 'database') database = value.text;
    else if (name.text === 'replication') replication = !/^(false|off|no|0)$/i.test(value.text);
    else if (name.text === 'options') parseOptions(value.text, settings);
    else if (name.text.startsWith('_pq_.')) unknownOptions.push(name.text);
    else settings.set(name.text.toLowerCase(), value.text);
  }
  if (user === '')
    throw new ProtocolViolation('no PostgreSQL user name specified in startup packet');
  return {
    kind: 'startup',
    user,
    database: database || user,
    replication,
    settings,
    minorVersion: code & 0xffff,
    unknownOptions,
  };
}

/** `-c name=value`, `-cname=value` and `--name=value`; a backslash escapes the next character. */
function parseOptions(options: string, settings: Map<string, string>): void {
  const words = (options.match(/(?:\\.|[^\s\\])+/gs) ?? []).map((word) =>
    word.replace(/\\(.)/gs, '$1'),
  );
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const text = word === '-c' ? words[++index] : word.replace(/^(?:-c|--)/, '');
    const setting = text?.match(/^([^=]+)=(.*)$/s);
    if (word.startsWith('-') && setting?.[1] && setting[2] !== undefined) {
      settings.set(setting[1].replaceAll('-', '_').toLowerCase(), setting[2]);
    } else {
      throw new ProtocolViolation(`invalid command-line argument for server process: ${word}`);
    }
  }
}
