/** The channels one session listens on. */
import type { ListenCommand } from './traits.ts';

export class Channels {
  readonly #names = new Set<string>();

  get names(): ReadonlySet<string> {
    return this.#names;
  }

  apply(commands: readonly ListenCommand[]): void {
    for (const { kind, channel } of commands) {
      if (channel === null) this.#names.clear();
      else if (kind === 'listen') this.#names.add(channel);
      else this.#names.delete(channel);
    }
  }
}
