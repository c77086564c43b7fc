import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { StackError } from './errors.ts';

/** Secrets of one stack, generated at its first start into `<stateDir>/keys.json` (mode 0600). */
export interface Keys {
  /** `sb_publishable_…` */
  readonly publishableKey: string;
  /** `sb_secret_…` */
  readonly secretKey: string;
  /** Private ES256 key that signs access tokens; carries `kid`. */
  readonly signingKey: JWK;
  /** HS256 secret between the gateway and lite; never leaves the process. */
  readonly internalSecret: string;
  /** Password of the database roles. */
  readonly databasePassword: string;
}

const keysSchema = z.object({
  publishableKey: z.string().regex(/^sb_publishable_[\w-]{20,}$/),
  secretKey: z.string().regex(/^sb_secret_[\w-]{20,}$/),
  signingKey: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    d: z.string(),
    kid: z.string().min(1),
    alg: z.literal('ES256'),
  }),
  internalSecret: z.string().min(32),
  databasePassword: z.string().regex(/^[\w-]{16,}$/),
});

export async function generateKeys(): Promise<Keys> {
  const random = (bytes: number) => randomBytes(bytes).toString('base64url');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return keysSchema.parse({
    publishableKey: `sb_publishable_${random(24)}`,
    secretKey: `sb_secret_${random(24)}`,
    signingKey: { ...(await exportJWK(privateKey)), kid: random(12), alg: 'ES256' },
    internalSecret: random(48),
    databasePassword: random(24),
  });
}

/** The keys of the stack that keeps its state in `stateDir`; made at the first call. */
export async function loadKeys(stateDir: string): Promise<Keys> {
  const path = join(stateDir, 'keys.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StackError(`${path} can't be read: ${error.message}`);
  });
  if (text === null) return createKeys(stateDir, path);

  await chmod(path, 0o600);
  const parsed = keysSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fields = new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the file'));
  throw new StackError(
    `${path} is damaged (${[...fields].join(', ')}). Restore it, or delete it to get new keys ` +
      '(API keys change and everybody has to sign in again; no data is lost).',
  );
}

/** Written beside and renamed, so that a crash never leaves half a file. */
async function createKeys(stateDir: string, path: string): Promise<Keys> {
  const keys = await generateKeys();
  await mkdir(stateDir, { recursive: true });
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
