/**
 * Who may do what in which bucket of Storage. Each cell is seven letters, for an object that is
 * there: `l` lists it, `d` downloads it, `u` makes a signed URL, `c` uploads another beside it, `w`
 * writes over it, `m` moves it, `r` removes it (if it still lies there); `-` is refused or has no effect.
 */
import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actors, type Name, type StackPeople, stackPeople } from '../helpers/people.ts';
import { testStack } from '../helpers/stack.ts';

const participant = 'lduc---';

const matrix: readonly (readonly [
  bucket: string,
  folder: (people: StackPeople) => string,
  cells: Partial<Record<Name, string>>,
  /** Whose file it is; the platform's otherwise. */
  owner?: Name,
])[] = [
  [
    'chat-media',
    ({ conversation }) => conversation,
    { customer: participant, owner: participant, member: participant },
  ],
  // Before the review only its writer sees them; tests/db/reviews says what follows.
  [
    'review-photos',
    ({ reviewFolder }) => `${reviewFolder}/customer`,
    { customer: 'lduc--r' },
    'customer',
  ],
  [
    'review-photos',
    ({ reviewFolder }) => `${reviewFolder}/provider`,
    { owner: 'lduc--r' },
    'owner',
  ],
  // Public: who knows an address sees the picture, but nobody else lists or writes.
  [
    'provider-photos',
    ({ provider }) => provider,
    { ...Object.fromEntries(actors.map((actor) => [actor, '-d-----'])), owner: 'lducw-r' },
  ],
];

let people: StackPeople;
let admin: SupabaseClient;

beforeAll(async () => {
  const stack = await testStack();
  people = await stackPeople(stack);
  admin = stack.client(stack.secretKey);
});
afterAll(async () => await people.stop());

const contentType = 'image/png';
const picture = (text: string) => new Blob([text], { type: contentType });

async function walk(actor: Name, bucket: string, folder: string, owner?: Name): Promise<string> {
  const path = `${folder}/${randomUUID()}.png`;
  const everything = admin.storage.from(bucket);
  const layer = owner ? (await people.client(owner)).storage.from(bucket) : everything;
  const laid = await layer.upload(path, picture('before'), { contentType });
  if (laid.error) throw laid.error;
  const theirs = (await people.client(actor)).storage.from(bucket);

  const listed = await theirs.list(folder, { limit: 1000 });
  const downloaded = await theirs.download(path);
  const signed = await theirs.createSignedUrl(path, 60);
  const created = await theirs.upload(`${folder}/${randomUUID()}.png`, picture('new'), {
    contentType,
  });
  await theirs.update(path, picture('after'), { contentType });
  await theirs.upload(path, picture('after'), { contentType, upsert: true });
  const kept = await everything.download(path);
  const moved = await theirs.move(path, `${folder}/${randomUUID()}.png`);
  const removed = await theirs.remove([path]);
  // Some folders have room for a few.
  await everything.remove([path, ...(created.data ? [created.data.path] : [])]);
  return [
    listed.data?.some(({ name }) => path.endsWith(name)) ? 'l' : '-',
    downloaded.data ? 'd' : '-',
    signed.data ? 'u' : '-',
    created.data ? 'c' : '-',
    (await kept.data?.text()) === 'before' ? '-' : 'w',
    moved.error ? '-' : 'm',
    removed.data?.length ? 'r' : '-',
  ].join('');
}

describe.each(matrix.map((row) => [row[0], row] as const))('%s', (bucket, row) => {
  const [, folder, cells, owner] = row;
  test('is open to those who are listed and to nobody else', { timeout: 60_000 }, async () => {
    const nobody = actors.map((actor): [Name, string] => [actor, '-------']);
    const found: [Name, string][] = [];
    for (const actor of actors)
      found.push([actor, await walk(actor, bucket, folder(people), owner)]);
    expect(Object.fromEntries(found)).toEqual({ ...Object.fromEntries(nobody), ...cells });
  });
});

test('there is no bucket beside those of the matrix', async () => {
  const { data } = await admin.storage.listBuckets();
  const listed = [...new Set(matrix.map(([bucket]) => bucket))];
  expect(data?.map(({ id }) => id).sort()).toEqual(listed.sort());
});

describe('chat-media', () => {
  const files = async (actor: Name) => (await people.client(actor)).storage.from('chat-media');

  test('a stranger is told the same of what is there and of what is not', async () => {
    const path = `${people.conversation}/${randomUUID()}.png`;
    await admin.storage.from('chat-media').upload(path, picture('before'), { contentType });
    const nowhere = `${randomUUID()}/${randomUUID()}.png`;
    const stranger = await files('otherCustomer');
    const answers = async (name: string) => {
      const results = [
        await stranger.download(name),
        await stranger.info(name),
        await stranger.createSignedUrl(name, 60),
        await stranger.createSignedUploadUrl(name),
        await stranger.upload(name, picture('x'), { contentType }),
        await stranger.upload(name, picture('x'), { contentType, upsert: true }),
        await stranger.copy(name, nowhere),
        await stranger.list(name.split('/')[0]),
      ];
      return results.map(({ data, error }) => [data, error && [error.name, error.message]]);
    };
    expect(await answers(path)).toEqual(await answers(nowhere));
  });

  test('takes pictures of at most ten megabytes, under names of its own form', async () => {
    const owner = await files('owner');
    const folder = people.conversation;
    const big = Buffer.alloc(10 * 1024 * 1024 + 1);
    const answers = [
      await owner.upload(`${folder}/${randomUUID()}.png`, big, { contentType }),
      await owner.upload(`${folder}/${randomUUID()}.png`, '<svg/>', {
        contentType: 'image/svg+xml',
      }),
      await owner.upload(`${folder}/${randomUUID()}.svg`, picture('x'), { contentType }),
      await owner.upload(`${folder}/tap.png`, picture('x'), { contentType }),
      await owner.upload(`${folder}/x/${randomUUID()}.png`, picture('x'), { contentType }),
      await owner.upload(`${randomUUID()}/${randomUUID()}.png`, picture('x'), { contentType }),
      await owner.upload(`${randomUUID()}.png`, picture('x'), { contentType }),
    ];
    expect(answers.map(({ data }) => data)).toEqual(answers.map(() => null));
  });
});
