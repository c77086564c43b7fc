/** Files: what is final stays as it is, limits hold however many come at once, and words are clear. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StackPeople, stackPeople } from '../../helpers/people.ts';
import { testStack } from '../../helpers/stack.ts';

let people: StackPeople;
let sql: Sql;

beforeAll(async () => {
  const stack = await testStack();
  people = await stackPeople(stack);
  sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await people?.stop();
  await sql?.end();
});

const contentType = 'image/png';
const picture = (text: string) => new Blob([text], { type: contentType });
const chat = async (who: 'customer' | 'owner' | 'member' = 'customer') =>
  (await people.client(who)).storage.from('chat-media');
const chatPath = (ending = 'png') => `${people.conversation}/${randomUUID()}.${ending}`;

describe('an upload URL for later', () => {
  it.each(['chat-media', 'review-photos', 'provider-photos'])('is not signed in %s', async (id) => {
    const folder = {
      'chat-media': people.conversation,
      'review-photos': `${people.reviewFolder}/customer`,
      'provider-photos': people.provider,
    }[id];
    const who = id === 'provider-photos' ? 'owner' : 'customer';
    const bucket = (await people.client(who)).storage.from(id);
    const path = `${folder}/${randomUUID()}.png`;
    for (const options of [{ upsert: false }, { upsert: true }]) {
      const { error } = await bucket.createSignedUploadUrl(path, options);
      expect(error).toMatchObject({ statusCode: '403' });
    }
  });
});

describe('a picture of a conversation', () => {
  it('stays as it was when its message was sent', async () => {
    const path = chatPath();
    const bucket = await chat();
    expect((await bucket.upload(path, picture('old'), { contentType })).error).toBeNull();
    for (const options of [{ contentType }, { contentType, upsert: true }]) {
      expect((await bucket.upload(path, picture('other'), options)).error).not.toBeNull();
    }
    expect((await bucket.update(path, picture('other'), { contentType })).error).not.toBeNull();
    expect(await (await bucket.download(path)).data?.text()).toBe('old');
  });

  it('is not written over by whoever writes as the platform, and its bytes stay', async () => {
    const path = chatPath();
    const bucket = await chat();
    await bucket.upload(path, picture('old'), { contentType });
    const stack = await testStack();
    const everything = stack.client(stack.secretKey).storage.from('chat-media');
    const over = await everything.upload(path, picture('other'), { contentType, upsert: true });
    expect(over.error).toMatchObject({ statusCode: '403' });
    expect(over.error?.message).toContain('never change');
    expect(await (await bucket.download(path)).data?.text()).toBe('old');
  });

  it('has content, and a name of its kind in any case', async () => {
    const bucket = await chat();
    const words = async (path: string, body: Blob) =>
      (await bucket.upload(path, body, { contentType: body.type })).error?.message ?? 'ok';
    expect(await words(chatPath('PNG'), picture('x'))).toBe('ok');
    expect(await words(chatPath(), picture(''))).toContain('empty');
    expect(await words(chatPath('svg'), picture('x'))).toContain('.jpg');
    const heic = new Blob(['x'], { type: 'image/heic' });
    expect(await words(chatPath('heic'), heic)).toContain('JPEG');
    expect(await words(chatPath('jpg'), heic)).toContain('JPEG');
    const [row] = await sql`
      select count(*)::integer from storage.objects
      where bucket_id = 'chat-media' and (metadata ->> 'size')::integer = 0`;
    expect(row).toEqual({ count: 0 });
  });

  it('goes to a message whatever the case of its ending', async () => {
    const path = chatPath('JPEG');
    await (await chat()).upload(path, picture('x'), { contentType });
    const { error } = await (await people.client('customer')).rpc('send_message', {
      conversation_id: people.conversation,
      client_id: randomUUID(),
      kind: 'image',
      media: { path },
    });
    expect(error).toBeNull();
  });
});

describe('at once', () => {
  it('24 uploads leave ten photos of a review', async () => {
    const folder = `${people.reviewFolder}/customer`;
    const bucket = (await people.client('customer')).storage.from('review-photos');
    const answers = await Promise.all(
      Array.from({ length: 24 }, () =>
        bucket.upload(`${folder}/${randomUUID()}.png`, picture('x'), { contentType }),
      ),
    );
    expect(answers.filter(({ error }) => !error)).toHaveLength(10);
    const refused = answers.flatMap(({ error }) => (error ? [error.message] : []));
    expect(new Set(refused)).toEqual(new Set(['A review has at most 10 photos.']));
    expect((await bucket.list(folder)).data).toHaveLength(10);
  });

  it('ten uploads to one name leave one file, and it is whole', async () => {
    const path = chatPath();
    const bucket = await chat();
    const bodies = Array.from({ length: 10 }, (_, n) => `picture ${n}`);
    const answers = await Promise.all(
      bodies.map((body) => bucket.upload(path, picture(body), { contentType })),
    );
    const winners = bodies.filter((_, n) => !answers[n]?.error);
    expect(winners).toHaveLength(1);
    expect(await (await bucket.download(path)).data?.text()).toBe(winners[0]);
  });
});
