import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storageDir } from '../../local/storage.ts';
import { startGateway, type TestGateway } from './gateway-fixture.ts';

let gateway: TestGateway;
let owner: { id: string; client: SupabaseClient };
let other: { id: string; client: SupabaseClient };

// As a migration would.
const schema = `
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
    ('files', 'files', false, 1024, null),
    ('avatars', 'avatars', true, null, '{image/png,image/jpeg}');
  create policy select_own on storage.objects for select to authenticated
    using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy insert_own on storage.objects for insert to authenticated
    with check (bucket_id in ('files', 'avatars')
      and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy update_own on storage.objects for update to authenticated
    using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text)
    with check (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy delete_own on storage.objects for delete to authenticated
    using (bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.uid())::text);
  create policy select_buckets on storage.buckets for select to authenticated using (true);
`;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.migrate(schema);
  owner = await gateway.user();
  other = await gateway.user();
});
afterAll(() => gateway?.stop());

const files = (who: { client: SupabaseClient }) => who.client.storage.from('files');
const text = async (blob: Blob | null) => (blob === null ? null : blob.text());

async function upload(name: string, content = 'content'): Promise<string> {
  const path = `${owner.id}/${name}`;
  const { error } = await files(owner).upload(path, content, { contentType: 'text/plain' });
  expect(error).toBeNull();
  return path;
}

describe('an object of the caller', () => {
  test('is uploaded, found, read, replaced and removed', async () => {
    const path = await upload('notes/a b.txt', 'first');
    const found = await files(owner).info(path);
    expect(found.data).toMatchObject({ name: path, size: 5, contentType: 'text/plain' });
    expect(await files(owner).exists(path)).toMatchObject({ data: true });
    expect(await text((await files(owner).download(path)).data)).toBe('first');

    const again = await files(owner).upload(path, 'x');
    expect(again.error).toMatchObject({ statusCode: '409' });
    const replaced = await files(owner).upload(path, 'second', { upsert: true });
    expect(replaced.error).toBeNull();
    expect(await text((await files(owner).download(path)).data)).toBe('second');
    const updated = await files(owner).update(path, 'third');
    expect(updated.error).toBeNull();
    expect(await text((await files(owner).download(path)).data)).toBe('third');

    const removed = await files(owner).remove([path]);
    expect(removed.data).toMatchObject([{ name: path }]);
    expect((await files(owner).download(path)).data).toBeNull();
    expect(await files(owner).exists(path)).toMatchObject({ data: false });
  });

  test('keeps its bytes', async () => {
    const bytes = randomBytes(1000);
    const path = `${owner.id}/bytes.bin`;
    for (const body of [bytes, new Blob([bytes])]) {
      await files(owner).upload(path, body, { upsert: true });
      const { data } = await files(owner).download(path);
      expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes);
    }
    const [row] = await gateway.admin`
      select (metadata ->> 'size')::int as size, owner_id from storage.objects where name = ${path}`;
    expect(row).toEqual({ size: 1000, owner_id: owner.id });
  });

  test('is listed by folder', async () => {
    for (const name of ['list/a.txt', 'list/b.txt', 'list/deep/c.txt']) await upload(name);
    const folder = `${owner.id}/list`;
    const names = async (options = {}) =>
      (await files(owner).list(folder, options)).data?.map(({ name }) => name);
    expect(await names()).toEqual(['deep', 'a.txt', 'b.txt']);
    expect(await names({ sortBy: { column: 'name', order: 'desc' }, limit: 2 })).toEqual([
      'deep',
      'b.txt',
    ]);
    expect(await names({ search: 'B' })).toEqual(['b.txt']);
    expect(await names({ offset: 1, limit: 1 })).toEqual(['a.txt']);
    const { data } = await files(owner).list(folder);
    expect(data?.map(({ id }) => id === null)).toEqual([true, false, false]);
  });

  test('is moved and copied', async () => {
    const path = await upload('move/from.txt', 'moved');
    const target = `${owner.id}/move/to.txt`;
    expect((await files(owner).move(path, target)).error).toBeNull();
    expect((await files(owner).download(path)).data).toBeNull();
    const copy = await files(owner).copy(target, `${owner.id}/move/copy.txt`);
    expect(copy.error).toBeNull();
    for (const name of ['to', 'copy']) {
      const { data } = await files(owner).download(`${owner.id}/move/${name}.txt`);
      expect(await text(data)).toBe('moved');
    }
  });
});

describe("another user's object", () => {
  test('is not found, whatever is tried', async () => {
    const path = await upload('private.txt');
    const answers = [
      await files(other).download(path),
      await files(other).info(path),
      await files(other).createSignedUrl(path, 60),
      await files(other).move(path, `${other.id}/stolen.txt`),
      await files(other).copy(path, `${other.id}/stolen.txt`),
    ];
    for (const { data, error } of answers) {
      expect(data).toBeNull();
      expect(error).not.toBeNull();
    }
    expect((await files(other).list(owner.id)).data).toEqual([]);
    expect((await files(other).remove([path])).data).toEqual([]);
    expect((await files(other).upload(path, 'x', { upsert: true })).error).not.toBeNull();
    const anonymous = gateway.client(gateway.keys.publishableKey).storage.from('files');
    expect((await anonymous.download(path)).data).toBeNull();
    expect((await anonymous.list(owner.id)).data).toEqual([]);
    expect(await text((await files(owner).download(path)).data)).toBe('content');
  });

  test('the secret key sees everything', async () => {
    const path = await upload('admin.txt');
    const admin = gateway.client(gateway.keys.secretKey).storage.from('files');
    expect(await text((await admin.download(path)).data)).toBe('content');
  });
});

describe('limits of a bucket', () => {
  test('size, also of a stream', async () => {
    const path = `${owner.id}/big.bin`;
    const big = await files(owner).upload(path, randomBytes(1025));
    expect(big.error).toMatchObject({ statusCode: '413' });
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(randomBytes(2000));
        controller.close();
      },
    });
    const streamed = await files(owner).upload(path, stream, { duplex: 'half' });
    expect(streamed.error).toMatchObject({ statusCode: '413' });
  });

  test('type', async () => {
    const avatars = owner.client.storage.from('avatars');
    const refused = await avatars.upload(`${owner.id}/a.svg`, '<svg/>', {
      contentType: 'image/svg+xml',
    });
    expect(refused.error).toMatchObject({ statusCode: '415' });
    const form = await avatars.upload(`${owner.id}/b.html`, new Blob(['x'], { type: 'text/html' }));
    expect(form.error).toMatchObject({ statusCode: '415' });
  });

  test('keys never leave the bucket', async () => {
    for (const key of ['../keys.json', `${owner.id}/../../x`, `${owner.id}/%2e%2e/x`]) {
      const { error } = await files(owner).upload(key, 'x');
      const [row] = await gateway.admin`select 1 from storage.objects where name like '%..%'`;
      expect([error === null, row]).toEqual([false, undefined]);
    }
  });
});

describe('URLs', () => {
  test('public', async () => {
    const avatars = owner.client.storage.from('avatars');
    const path = `${owner.id}/me.png`;
    const uploaded = await avatars.upload(path, 'png', { contentType: 'image/png' });
    expect(uploaded.error).toBeNull();
    const response = await fetch(avatars.getPublicUrl(path).data.publicUrl);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(await response.text()).toBe('png');
    const hidden = files(owner).getPublicUrl(await upload('not-public.txt')).data.publicUrl;
    expect((await fetch(hidden)).status).toBe(400);
  });

  test('signed', async () => {
    const path = await upload('signed file.txt', 'signed');
    const { data } = await files(owner).createSignedUrl(path, 60);
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('signed');
    const many = await files(owner).createSignedUrls([path, `${owner.id}/none`], 60);
    expect(many.data?.map(({ error }) => error === null)).toEqual([true, false]);
    const forged = `${data?.signedUrl}x`;
    expect((await fetch(forged)).status).toBe(400);
    const elsewhere = data?.signedUrl.replace('signed%20file', 'private') ?? '';
    expect((await fetch(elsewhere)).status).toBe(403);
    const expired = await files(owner).createSignedUrl(path, -1);
    expect((await fetch(expired.data?.signedUrl ?? '')).status).toBe(400);
  });

  test('signed for an upload', async () => {
    const path = `${owner.id}/by-token.txt`;
    const { data, error } = await files(owner).createSignedUploadUrl(path);
    expect(error).toBeNull();
    const anonymous = gateway.client(gateway.keys.publishableKey).storage.from('files');
    const uploaded = await anonymous.uploadToSignedUrl(path, data?.token ?? '', 'by token');
    expect(uploaded.error).toBeNull();
    expect(await text((await files(owner).download(path)).data)).toBe('by token');
    const refused = await files(other).createSignedUploadUrl(`${owner.id}/other.txt`);
    expect(refused.error).not.toBeNull();
  });
});

describe('a write that the database refuses in the end', () => {
  beforeAll(() =>
    gateway.migrate(`
      create function public.tg_refuse_final() returns trigger language plpgsql as $$
      begin
        raise insufficient_privilege using message = 'It is final.';
      end;
      $$;
      create trigger refuse_final after update of version on storage.objects
        for each row when (old.name like '%/final.txt')
        execute function public.tg_refuse_final();
      create trigger refuse_empty after insert on storage.objects
        for each row when (new.metadata ->> 'size' = '0')
        execute function public.tg_refuse_final();
    `),
  );
  const stored = async () =>
    (await readdir(storageDir(gateway.ctx.config.stateDir), { recursive: true })).filter((name) =>
      /\b[0-9a-f]{32}$/.test(name),
    ).length;

  test('leaves the bytes that were there, and its words reach the client', async () => {
    const path = `${owner.id}/final.txt`;
    const token = (await files(owner).createSignedUploadUrl(path, { upsert: true })).data?.token;
    await upload('final.txt', 'first');
    const before = await stored();
    const anonymous = gateway.client(gateway.keys.publishableKey).storage.from('files');
    for (const { error } of [
      await files(owner).update(path, 'second'),
      await files(owner).upload(path, 'second', { upsert: true }),
      await anonymous.uploadToSignedUrl(path, token ?? '', 'second', { upsert: true }),
    ]) {
      expect(error).toMatchObject({ statusCode: '403', message: 'It is final.' });
    }
    expect(await text((await files(owner).download(path)).data)).toBe('first');
    expect(await stored()).toBe(before);
  });

  test('leaves no file behind, nor does what is replaced or removed', async () => {
    const before = await stored();
    const { error } = await files(owner).upload(`${owner.id}/empty.txt`, '');
    expect(error).toMatchObject({ statusCode: '403', message: 'It is final.' });
    const path = await upload('changing.txt', 'first');
    for (const content of ['second', 'third']) await files(owner).update(path, content);
    expect(await stored()).toBe(before + 1);
    await files(owner).remove([path]);
    expect(await stored()).toBe(before);
  });
});

test('what the local stack lacks is named', async () => {
  for (const path of ['upload/resumable', 'render/image/public/avatars/x.png', 's3/files']) {
    const response = await gateway.request(`/storage/v1/${path}`);
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ error: 'NotImplemented' });
  }
});

test('buckets are made, changed, emptied and deleted with the secret key alone', async () => {
  const { storage } = gateway.client(gateway.keys.secretKey);
  expect((await storage.createBucket('temporary', { public: false })).error).toBeNull();
  expect((await storage.updateBucket('temporary', { public: true })).error).toBeNull();
  expect((await storage.getBucket('temporary')).data).toMatchObject({ public: true });
  await storage.from('temporary').upload('a.txt', 'a');
  expect((await storage.deleteBucket('temporary')).error).not.toBeNull();
  expect((await storage.emptyBucket('temporary')).error).toBeNull();
  expect((await storage.deleteBucket('temporary')).error).toBeNull();
  expect((await owner.client.storage.createBucket('mine')).error).not.toBeNull();
});
