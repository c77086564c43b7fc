import { parseArgs } from 'node:util';
import { z } from 'zod';
import { messageOf, StackError } from './errors.ts';
import type { StackOptions } from './stack.ts';

export const usage = `Options (after \`--\`, as in \`npm start -- --api-port 0\`):
  --api-port N    port of the API, 54321; 0 takes any free one
  --db-port N     port of the embedded database, 54322
  --state-dir DIR where keys and data live, .karigar
  --no-seed       without the demo data
  --behind-proxy  the last hop of x-forwarded-for is who calls, not who connects
DATABASE_URL=postgres://supabase_admin:…@host/db uses a native server instead of the embedded one.`;

const portSchema = z
  .string()
  .regex(/^\d+$/, 'is no port')
  .transform(Number)
  .pipe(z.int().max(65535));
const databaseUrlSchema = z.url({ protocol: /^postgres(ql)?$/ });

/** What `npm start`, `npm run dev` and `npm run reset` are told. */
export function readCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): StackOptions & { readonly yes: boolean } {
  const values = parse(args);
  const port = (name: 'api-port' | 'db-port') => {
    const { data, success } = portSchema.optional().safeParse(values[name]);
    if (!success) throw new StackError(`--${name} ${values[name]} is no port.\n${usage}`);
    return data;
  };
  const [apiPort, dbPort, databaseUrl] = [port('api-port'), port('db-port'), env.DATABASE_URL];
  if (databaseUrl && !databaseUrlSchema.safeParse(databaseUrl).success) {
    throw new StackError('DATABASE_URL is not of the form postgres://user:password@host:port/db.');
  }
  return {
    ...(apiPort !== undefined && { apiPort }),
    ...(dbPort !== undefined && { dbPort }),
    ...(databaseUrl && { databaseUrl }),
    ...(values['state-dir'] !== undefined && { stateDir: values['state-dir'] }),
    behindProxy: values['behind-proxy'] === true,
    seed: values['no-seed'] !== true,
    yes: values.yes === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'api-port': { type: 'string' },
        'db-port': { type: 'string' },
        'state-dir': { type: 'string' },
        'behind-proxy': { type: 'boolean' },
        'no-seed': { type: 'boolean' },
        yes: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${usage}`);
  }
}
