import { setTimeout as sleep } from 'node:timers/promises';
import { proxy } from 'hono/proxy';
import { forwardedFor } from './client-ip.ts';
import { messageOf } from './errors.ts';
import { authorize } from './functions/authorize.ts';
import type { FunctionContext } from './functions/environment.ts';
import { bootError, idleTimeout, notFound, workerError } from './functions/failures.ts';
import {
  createFunctionProcess,
  type FunctionProcess,
  type FunctionTimings,
  hostedTimings,
} from './functions/process.ts';
import type { FunctionDefinition, Project } from './project.ts';
import type { RequestInfo, Service, StackContext } from './service.ts';

export interface Functions extends Service {
  fetch(request: Request, info: RequestInfo): Promise<Response>;
  readonly definitions: readonly FunctionDefinition[];
  /** Stops the named functions, or all; the next request starts them with their new code. */
  restart(names?: readonly string[]): Promise<void>;
}

const prefix = '/functions/v1/';

/** `/functions/v1/<name>`: one Deno process per function, started by its first request. */
export function createFunctions(
  ctx: FunctionContext & Pick<StackContext, 'logger'>,
  project: Pick<Project, 'functions' | 'hookFunctions'>,
  timings: FunctionTimings = hostedTimings,
): Functions {
  const definitions = new Map(project.functions.map((definition) => [definition.name, definition]));
  const processes = new Map<string, FunctionProcess>();
  let stopped = false;

  function processOf(definition: FunctionDefinition): FunctionProcess {
    const existing = processes.get(definition.name);
    if (existing) return existing;
    const log = ctx.logger(definition.name);
    const created = createFunctionProcess(definition, ctx, log, timings);
    processes.set(definition.name, created);
    return created;
  }

  async function stop(names: readonly string[]): Promise<void> {
    const stopping = names.flatMap((name) => {
      const running = processes.get(name);
      processes.delete(name);
      return running === undefined ? [] : [running.stop()];
    });
    await Promise.all(stopping);
  }

  function startHooks(): void {
    for (const name of project.hookFunctions) {
      const definition = definitions.get(name);
      if (definition !== undefined)
        void processOf(definition)
          .port()
          .catch(() => {});
    }
  }
  startHooks();

  return {
    name: 'functions',
    definitions: project.functions,

    async fetch(request, info) {
      const url = new URL(request.url);
      const path = url.pathname.slice(prefix.length);
      const definition = definitions.get(path.split('/', 1)[0] ?? '');
      if (definition === undefined) return notFound();
      if (definition.verifyJwt) {
        const refusal = await authorize(request, ctx.tokens);
        if (refusal !== null) return refusal;
      }

      if (stopped) return bootError();
      const running = processOf(definition);
      const port = await running.port().catch(() => null);
      if (port === null) return bootError();
      const target = `http://127.0.0.1:${port}/${path}${url.search}`;
      return forward(request, info, target, running, ctx.logger(definition.name).error, timings);
    },

    async restart(names = [...definitions.keys()]) {
      await stop(names);
      startHooks();
    },
    stop() {
      stopped = true;
      return stop([...processes.keys()]);
    },
  };
}

async function forward(
  request: Request,
  info: RequestInfo,
  target: string,
  running: FunctionProcess,
  log: (line: string) => void,
  timings: FunctionTimings,
): Promise<Response> {
  const origin = new URL(request.url);
  const idle = new AbortController();
  const answered = new AbortController();
  void sleep(timings.idleMs, undefined, { signal: answered.signal, ref: false })
    .then(() => idle.abort())
    .catch(() => {});
  try {
    const response = await proxy(target, {
      raw: request,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, idle.signal]),
      customFetch: (forwarded) => {
        // Compressing for the way through this machine would only delay streams.
        forwarded.headers.set('accept-encoding', 'identity');
        forwarded.headers.set('x-forwarded-for', forwardedFor(request.headers, info.ip));
        forwarded.headers.set('x-forwarded-host', origin.host);
        forwarded.headers.set('x-forwarded-proto', origin.protocol.slice(0, -1));
        return fetch(forwarded);
      },
    });
    return response.status < 500 ? response : withErrorCode(response);
  } catch (error) {
    if (idle.signal.aborted) {
      void running.killIfStuck();
      return idleTimeout(timings.idleMs / 1000);
    }
    if (!request.signal.aborted) log(`request failed: ${messageOf(error)}`);
    return workerError();
  } finally {
    answered.abort();
  }
}

/** Hosted marks the function's own failures, so that clients can tell them from the platform's. */
function withErrorCode(response: Response): Response {
  response.headers.set('sb-error-code', 'EDGE_FUNCTION_ERROR');
  response.headers.append('access-control-expose-headers', 'sb-error-code');
  return response;
}
