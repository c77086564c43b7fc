import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { createAccess, requireApiKey } from './access.ts';
import { createAuth } from './auth/index.ts';
import { bootstrap } from './bootstrap.ts';
import { Closers } from './closers.ts';
import type { AuthLimits, StackConfig } from './config.ts';
import { startDatabase } from './database/index.ts';
import { messageOf, StackError } from './errors.ts';
import { createFunctions, type Functions } from './functions.ts';
import { createGateway } from './gateway.ts';
import { keepHookSecret } from './hook-secret.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createInboxService } from './inbox-service.ts';
import { type Keys, loadKeys } from './keys.ts';
import { createLite } from './lite.ts';
import { migrate } from './migrations.ts';
import { choosePort } from './ports.ts';
import { type Project, readProject } from './project.ts';
import { createRealtime } from './realtime.ts';
import { createRest } from './rest/service.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { Logger, StackContext } from './service.ts';
import { createStorage } from './storage.ts';
import { createTokens } from './tokens.ts';

export interface StackOptions {
  readonly projectDir?: string;
  /** Default: `.karigar` in the project. */
  readonly stateDir?: string;
  /** 0 takes any free port. */
  readonly apiPort?: number;
  readonly dbPort?: number;
  /** A native server, signed in to as `supabase_admin`; without it the embedded one is started. */
  readonly databaseUrl?: string;
  readonly limits?: Partial<AuthLimits>;
  readonly behindProxy?: boolean;
  /** False leaves the demo data out. */
  readonly seed?: boolean;
  readonly functions?: boolean;
  readonly scheduler?: boolean;
  /** Gives up between two steps of the start. */
  readonly signal?: AbortSignal;
  onProgress?(line: string): void;
  /** Lines of the running services, each beginning with the service's name. */
  onLog?(level: keyof Logger, line: string): void;
}

export interface Stack extends AsyncDisposable {
  readonly config: StackConfig;
  readonly keys: Keys;
  readonly inbox: Inbox;
  readonly project: Project;
  readonly functions: Functions | null;
  readonly scheduler: Scheduler | null;
  /** Settles when the stack can't go on, because its database is gone; `stop` is still due. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

/** Brings everything up, or throws and leaves nothing running. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const closers = new Closers();
  const onLog = options.onLog ?? (() => {});
  const logger = (service: string): Logger => ({
    info: (message) => onLog('info', `${service}: ${message}`),
    warn: (message) => onLog('warn', `${service}: ${message}`),
    error: (message) => onLog('error', `${service}: ${message}`),
  });
  const close = () =>
    closers.close((name, error) => logger(name).error(`did not stop cleanly: ${messageOf(error)}`));
  try {
    const started = await start(options, closers, logger);
    return { ...started, stop: close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: StackOptions,
  closers: Closers,
  logger: (service: string) => Logger,
): Promise<Omit<Stack, 'stop' | typeof Symbol.asyncDispose>> {
  const progress = (line: string) => {
    options.signal?.throwIfAborted();
    options.onProgress?.(line);
  };
  const { project, keys, config } = await prepare(options);

  const { promise: failed, fail } = failure();
  if (config.embedded) {
    progress('Starting the database …');
    const database = await startDatabase({
      dataDir: join(config.stateDir, 'database'),
      port: config.dbPort,
      password: keys.databasePassword,
      log: logger('database'),
    });
    closers.add('database', () => database.stop());
    void database.exited.then((reason) => {
      if (reason !== null) fail(new StackError(`The database stopped: ${reason}`));
    });
  }

  progress('Preparing the platform …');
  await bootstrap(config.adminDatabaseUrl, { databasePassword: keys.databasePassword });
  await migrate({
    projectDir: config.projectDir,
    databaseUrl: config.databaseUrl,
    seedPaths: options.seed === false ? [] : project.seedPaths,
    onProgress: progress,
  });

  progress('Starting the services …');
  const sql = postgres(config.adminDatabaseUrl, { max: 5, onnotice: () => {} });
  closers.add('connections', () => sql.end({ timeout: 5 }));
  const tokens = await createTokens(keys, `${config.url}/auth/v1`);
  const inbox = createInbox();
  const ctx: StackContext = { config, keys, tokens, inbox, sql, logger };

  const access = createAccess(tokens);
  const lite = await createLite(ctx);
  closers.add('lite', () => lite.stop());
  const auth = requireApiKey(await createAuth(ctx), access);
  closers.add('auth', () => auth.stop());
  const realtime = await createRealtime(ctx);
  closers.add('realtime', () => realtime.stop());
  const functions = options.functions === false ? null : createFunctions(ctx, project);
  const gateway = await createGateway(ctx, {
    rest: createRest(lite, access),
    storage: createStorage(ctx, lite, access),
    inbox: createInboxService(ctx),
    auth,
    realtime,
    ...(functions && { functions }),
  });
  closers.add('gateway', () => gateway.stop());
  // Stopped before the gateway: what functions still do in the background calls the API.
  if (functions !== null) closers.add('functions', () => functions.stop());
  const scheduler = options.scheduler === false ? null : createScheduler(ctx);
  if (scheduler !== null) {
    closers.add('scheduler', () => scheduler.stop());
    await scheduler.refresh();
  }
  await announce(config, closers);
  options.signal?.throwIfAborted();
  return { config, keys, inbox, project, functions, scheduler, failed };
}

/** Everything that can go wrong without a process being started goes wrong here. */
async function prepare(options: StackOptions) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const projectDir = resolve(options.projectDir ?? root);
  const stateDir = resolve(options.stateDir ?? join(projectDir, '.karigar'));
  const { databaseUrl: nativeUrl } = options;
  const embedded = nativeUrl === undefined;
  const apiPort = await choosePort(options.apiPort ?? 54321, 'API');
  const dbPort = embedded ? await choosePort(options.dbPort ?? 54322, 'database') : 0;
  const project = await readProject(projectDir);
  for (const setting of project.hookSecrets) await keepHookSecret(projectDir, setting);
  const loaded = await loadKeys(stateDir);
  // Roles belong to the whole native server: its stacks agree on the password it already has.
  const nativePassword = embedded ? '' : decodeURIComponent(new URL(nativeUrl).password);
  const keys: Keys = { ...loaded, databasePassword: nativePassword || loaded.databasePassword };

  const serverUrl = nativeUrl ?? `postgres://supabase_admin@127.0.0.1:${dbPort}/postgres`;
  const as = (user: string) => {
    const url = new URL(serverUrl);
    url.username = user;
    url.password = encodeURIComponent(keys.databasePassword);
    return url.href;
  };
  const { accessTokenSeconds, refreshTokenSeconds } = project;
  const config: StackConfig = {
    projectDir,
    stateDir,
    url: `http://127.0.0.1:${apiPort}`,
    apiPort,
    dbPort: embedded ? dbPort : Number(new URL(serverUrl).port || 5432),
    databaseUrl: as('postgres'),
    adminDatabaseUrl: nativeUrl ?? as('supabase_admin'),
    embedded,
    behindProxy: options.behindProxy ?? false,
    limits: { ...project.limits, ...options.limits },
    accessTokenSeconds,
    refreshTokenSeconds,
  };
  return { project, keys, config };
}

/** `stack.json` tells other commands (the demo, `npm run reset`) what runs here. */
async function announce(config: StackConfig, closers: Closers): Promise<void> {
  const path = join(config.stateDir, 'stack.json');
  await mkdir(config.stateDir, { recursive: true });
  closers.add('stack.json', () => rm(path, { force: true }));
  const running = { pid: process.pid, url: config.url, databaseUrl: config.databaseUrl };
  await writeFile(path, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
}

function failure(): { promise: Promise<Error>; fail: (error: Error) => void } {
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<Error>((settle) => {
    fail = settle;
  });
  return { promise, fail };
}
