import { spawnSync } from 'node:child_process';
import { supabase } from '../local/supabase.ts';
import { projectDir } from './paths.ts';

const header = '// Generated from the migrations by `npm run generate`.\n\n';

/** Types of the public schema; the same text for the same schema, whatever engine it lives on. */
export async function generateTypes(databaseUrl: string): Promise<string> {
  const args = ['gen', 'types', '--lang=typescript', '--schema=public', `--remote=${databaseUrl}`];
  return format(header + (await supabase(args, { projectDir })));
}

/** Generated files are outside of what biome checks, so the text goes by another name. */
export function format(source: string): string {
  const biome = spawnSync('npx', ['biome', 'format', '--stdin-file-path=types/generated.ts'], {
    cwd: projectDir,
    input: source,
    encoding: 'utf8',
  });
  if (biome.status !== 0)
    throw new Error(`biome can't format the generated types:\n${biome.stderr}`);
  return biome.stdout;
}
