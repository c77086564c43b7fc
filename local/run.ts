import { messageOf, StackError } from './errors.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

/**
 * Runs a stack in the terminal until it is told to stop: Ctrl-C and SIGTERM stop everything that
 * was started, a second one does not wait. Whatever fails is said in one message.
 */
export async function run(
  options: () => StackOptions,
  /** Called when the stack is up; what it returns is called before the stack stops. */
  whenUp: (stack: Stack) => Promise<() => Promise<void>>,
): Promise<void> {
  const interrupted = new AbortController();
  const { promise: told, tell } = signalled();
  const onSignal = () => {
    if (interrupted.signal.aborted) process.exit(130);
    console.log('\nStopping … (again to stop without waiting)');
    interrupted.abort();
    tell();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  try {
    const stack = await startStack({
      onProgress: (line) => console.log(line),
      onLog: (level, line) => (level === 'info' ? console.log(line) : console.error(line)),
      signal: interrupted.signal,
      ...options(),
    });
    const before = await whenUp(stack).catch(async (error: unknown) => {
      await stack.stop();
      throw error;
    });
    const failure = await Promise.race([told, stack.failed]);
    await before();
    await stack.stop();
    if (failure) throw failure;
  } catch (error) {
    if (!interrupted.signal.aborted) report(error);
  }
  process.exit();
}

export function report(error: unknown): void {
  // A StackError says what to do; of anything else the developer needs the stack trace.
  const known = error instanceof StackError || (error instanceof Error && 'code' in error);
  console.error(known ? `\n${messageOf(error)}` : error);
  process.exitCode = 1;
}

function signalled(): { promise: Promise<undefined>; tell: () => void } {
  let tell = () => {};
  const promise = new Promise<undefined>((resolve) => {
    tell = () => resolve(undefined);
  });
  return { promise, tell };
}
