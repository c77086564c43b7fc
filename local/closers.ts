/** What was started, to be stopped in reverse; a failing stop does not keep the others from it. */
export class Closers {
  readonly #stack: { name: string; close: () => Promise<void> }[] = [];
  #closing: Promise<void> | undefined;

  add(name: string, close: () => Promise<void>): void {
    this.#stack.push({ name, close });
  }

  /** The same promise for every caller. */
  close(onError: (name: string, error: unknown) => void): Promise<void> {
    this.#closing ??= this.#closeAll(onError);
    return this.#closing;
  }

  async #closeAll(onError: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, close } of this.#stack.reverse()) {
      try {
        await close();
      } catch (error) {
        onError(name, error);
      }
    }
  }
}
