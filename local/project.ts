import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import type { AuthLimits } from './config.ts';
import { messageOf, StackError } from './errors.ts';

/** One edge function as `supabase/config.toml` and the folder below `functions/` describe it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly entrypoint: string;
  /** The deno.json that resolves its imports, if there is one. */
  readonly denoConfig: string | null;
  readonly verifyJwt: boolean;
  /** `[edge_runtime.secrets]`: variables of its environment; values may be `env(…)`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What the stack takes from the project it serves. */
export interface Project {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly limits: AuthLimits;
  readonly functions: readonly FunctionDefinition[];
  /** Patterns below `supabase/` of the demo data's files. */
  readonly seedPaths: readonly string[];
  /** Functions that a hook calls: started at once, since a hook has only seconds to answer. */
  readonly hookFunctions: readonly string[];
  /** How config.toml names the secrets of the hooks: `env(…)`. */
  readonly hookSecrets: readonly string[];
}

const functionName = /^[A-Za-z][A-Za-z0-9_-]*$/;
const units = { s: 1, m: 60, h: 3600 };

/** Go's durations, as the CLI writes them: `15m`, `168h0m0s`. */
const durationSchema = z
  .string()
  .regex(/^(\d+[hms])+$/)
  .transform((text) =>
    [...text.matchAll(/(\d+)([hms])/g)].reduce(
      (seconds, [, amount, unit]) =>
        seconds + Number(amount) * (unit === 'h' || unit === 'm' ? units[unit] : units.s),
      0,
    ),
  );

const functionSchema = z.looseObject({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string().exactOptional(),
  import_map: z.string().exactOptional(),
});

const hookSchema = z.looseObject({
  enabled: z.boolean().default(false),
  uri: z.string().default(''),
  secrets: z.string().default(''),
});

/** The keys that the stack reads; the CLI checks the rest. */
const configSchema = z.looseObject({
  db: z
    .looseObject({
      seed: z
        .looseObject({
          enabled: z.boolean().default(true),
          sql_paths: z.array(z.string()).default(['./seed.sql']),
        })
        .prefault({}),
    })
    .prefault({}),
  auth: z
    .looseObject({
      jwt_expiry: z.int().positive().default(3600),
      sessions: z
        .looseObject({
          inactivity_timeout: durationSchema.exactOptional(),
          timebox: durationSchema.exactOptional(),
        })
        .prefault({}),
      rate_limit: z
        .looseObject({
          email_sent: z.int().default(2),
          sms_sent: z.int().default(30),
          token_refresh: z.int().default(150),
          sign_in_sign_ups: z.int().default(30),
          token_verifications: z.int().default(30),
        })
        .prefault({}),
      sms: z.looseObject({ max_frequency: durationSchema.default(60) }).prefault({}),
      hook: z.record(z.string(), hookSchema).default({}),
    })
    .prefault({}),
  edge_runtime: z
    .looseObject({ secrets: z.record(z.string(), z.string()).default({}) })
    .prefault({}),
  functions: z.record(z.string(), functionSchema).default({}),
});

const otpExpirySeconds = 60;
/** Hosted has no setting for it. */
const factorsPerIp = 30;
const defaultRefreshTokenSeconds = 7 * 24 * 3600;

export async function readProject(projectDir: string): Promise<Project> {
  const config = await readConfig(join(projectDir, 'supabase', 'config.toml'));
  const { auth, db } = config;
  const hooks = Object.values(auth.hook).filter(({ enabled }) => enabled);
  return {
    accessTokenSeconds: auth.jwt_expiry,
    refreshTokenSeconds:
      auth.sessions.inactivity_timeout ?? auth.sessions.timebox ?? defaultRefreshTokenSeconds,
    limits: {
      otpIntervalSeconds: auth.sms.max_frequency,
      otpExpirySeconds,
      smsPerHour: auth.rate_limit.sms_sent,
      emailsPerHour: auth.rate_limit.email_sent,
      verifyPerIp: auth.rate_limit.token_verifications,
      signInPerIp: auth.rate_limit.sign_in_sign_ups,
      refreshPerIp: auth.rate_limit.token_refresh,
      factorsPerIp,
    },
    functions: await findFunctions(projectDir, config),
    seedPaths: db.seed.enabled ? db.seed.sql_paths : [],
    hookFunctions: hooks.flatMap(({ uri }) => {
      const [, name] = /\/functions\/v1\/([\w-]+)/.exec(uri) ?? [];
      return name === undefined ? [] : [name];
    }),
    hookSecrets: hooks.map(({ secrets }) => secrets),
  };
}

async function readConfig(path: string): Promise<z.infer<typeof configSchema>> {
  try {
    return configSchema.parse(parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new StackError(`${path} can't be used: ${reason}`);
  }
}

/** Those that the configuration names, and every folder of `functions/` with an index.ts. */
async function findFunctions(
  projectDir: string,
  config: Pick<z.infer<typeof configSchema>, 'functions' | 'edge_runtime'>,
): Promise<FunctionDefinition[]> {
  const { functions: configured, edge_runtime } = config;
  const folder = join(projectDir, 'functions');
  const folders = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  const found = folders
    .filter((entry) => entry.isDirectory() && functionName.test(entry.name))
    .filter((entry) => existsSync(join(folder, entry.name, 'index.ts')))
    .map((entry) => entry.name);

  return [...new Set([...Object.keys(configured), ...found])].sort().flatMap((name) => {
    const settings = functionSchema.parse(configured[name] ?? {});
    if (!settings.enabled) return [];
    // Paths in config.toml start from supabase/, as the CLI reads them.
    const configDir = join(projectDir, 'supabase');
    const entrypoint =
      settings.entrypoint === undefined
        ? join(folder, name, 'index.ts')
        : resolve(configDir, settings.entrypoint);
    const denoConfig =
      settings.import_map === undefined
        ? join(dirname(entrypoint), 'deno.json')
        : resolve(configDir, settings.import_map);
    return [
      {
        name,
        entrypoint,
        denoConfig: existsSync(denoConfig) ? denoConfig : null,
        verifyJwt: settings.verify_jwt,
        secrets: edge_runtime.secrets,
      },
    ];
  });
}
