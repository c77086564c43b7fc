import metadata from 'libphonenumber-js/metadata.max.json';
import { z } from 'zod';

/** libphonenumber-js packs a plan as an array and writes 0 for what is absent. */
const textSchema = z.union([z.string(), z.literal(0)]).transform((value) => value || null);
const planSchema = z
  .array(z.unknown())
  .transform((plan) => ({
    callingCode: plan[0],
    abroadPattern: plan[1] ?? 0,
    nationalPattern: plan[2],
    lengths: plan[3],
    trunkPrefix: plan[5] ?? 0,
    trunkPattern: plan[7] ?? 0,
    trunkReplacement: plan[8] ?? 0,
  }))
  .pipe(
    z.object({
      callingCode: z.string(),
      abroadPattern: textSchema,
      nationalPattern: z.string(),
      lengths: z.array(z.int()),
      trunkPrefix: textSchema,
      trunkPattern: textSchema,
      trunkReplacement: textSchema,
    }),
  );
const metadataSchema = z.object({
  /** The first country of a calling code is the one whose rules hold for it. */
  country_calling_codes: z.record(z.string(), z.array(z.string())),
  countries: z.record(z.string(), planSchema),
  nonGeographic: z.record(z.string(), planSchema),
});

const columns = [
  'country',
  'calling_code',
  'is_main',
  'abroad_pattern',
  'trunk_pattern',
  'trunk_replacement',
  'national_pattern',
  'lengths',
];
const maxColumns = 100;

/** Strings that follow each other on lines of their own are one string. */
function literal(text: string, indent: string): string {
  const parts = text.match(/.{1,88}/g) ?? [''];
  return parts.map((part) => `'${part.replaceAll("'", "''")}'`).join(`\n${indent}`);
}

function row(country: string, isMain: boolean, plan: z.output<typeof planSchema>): string {
  const values = [
    country,
    plan.callingCode,
    null,
    plan.abroadPattern,
    plan.trunkPattern ?? plan.trunkPrefix,
    plan.trunkReplacement?.replaceAll('$', '\\') ?? null,
    plan.nationalPattern,
    `{${plan.lengths}}`,
  ].map((value) => (value === null ? 'null' : literal(value, '    ')));
  values[2] = String(isMain);
  const line = `  (${values.join(', ')})`;
  if (!line.includes('\n') && line.length < maxColumns) return line;
  const lines = [''];
  for (const value of values) {
    const last = lines.at(-1) ?? '';
    if (!value.includes('\n') && `${last} ${value}`.length < maxColumns - 4) {
      lines[lines.length - 1] = last ? `${last} ${value},` : `${value},`;
    } else lines.push(`${value},`);
  }
  return `  (\n    ${lines.join('\n    ').replace(/,$/, '')}\n  )`;
}

const groups = [
  ['0_k', /^[0A-K]/],
  ['l_z', /^[L-Z]/],
] as const;

/** The files as they should be, by their name. */
export function renderPhoneRules(): Map<string, string> {
  const { country_calling_codes: codes, countries, nonGeographic } = metadataSchema.parse(metadata);
  const plans = [
    ...Object.values(nonGeographic).map((plan) => ['001', true, plan] as const),
    ...Object.entries(countries).map(
      ([country, plan]) => [country, codes[plan.callingCode]?.[0] === country, plan] as const,
    ),
  ];
  return new Map(
    groups.map(([letters, pattern]) => {
      const rows = plans.filter(([country]) => pattern.test(country)).map((plan) => row(...plan));
      const head = [
        '-- Generated from the metadata of libphonenumber by `npm run generate`.',
        `insert into private.phone_rules (\n  ${columns.slice(0, 5).join(', ')},`,
        `  ${columns.slice(5).join(', ')}\n)`,
        'values',
      ];
      const updates = columns.slice(2).map((column) => `  ${column} = excluded.${column}`);
      const tail = `on conflict (country, calling_code) do update set\n${updates.join(',\n')};\n`;
      const name = `10_shared/43_phone_rules_${letters}.sql`;
      return [name, `${head.join('\n')}\n${rows.join(',\n')}\n${tail}`];
    }),
  );
}
