/** Stored objects as files: `<dir>/<bucket>/<digest of the key>` beside a `.json` with its metadata. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { App } from '@supabase/lite';
import { z } from 'zod';

type StorageAdapter = NonNullable<App['_storageAdapter']>;

const metadataSchema = z.object({
  cacheControl: z.string(),
  contentLength: z.number(),
  size: z.number(),
  mimetype: z.string(),
  lastModified: z.coerce.date(),
  eTag: z.string(),
  httpStatusCode: z.number(),
});
type Metadata = z.infer<typeof metadataSchema>;

function bytesOf(body: Parameters<StorageAdapter['uploadObject']>[3]): Readable {
  if (body instanceof Uint8Array) return Readable.from([body]);
  return Readable.from(body);
}

export function createFileAdapter(dir: string): StorageAdapter {
  // Keys are people's words; a digest can't leave the bucket's folder nor clash with a folder.
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const fileOf = (bucket: string, key: string) => join(dir, digest(bucket), digest(key));

  async function headObject(bucket: string, key: string): Promise<Metadata> {
    const text = await readFile(`${fileOf(bucket, key)}.json`, 'utf8');
    return metadataSchema.parse(JSON.parse(text));
  }

  /** Written beside and renamed: a reader sees the old object or the new one, never a half. */
  async function replace(file: string, write: (draft: string) => Promise<Metadata>) {
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID()}`;
    try {
      const metadata = await write(draft);
      await writeFile(`${draft}.json`, JSON.stringify(metadata));
      await rename(draft, file);
      await rename(`${draft}.json`, `${file}.json`);
      return metadata;
    } finally {
      await rm(draft, { force: true });
      await rm(`${draft}.json`, { force: true });
    }
  }

  async function deleteObject(bucket: string, key: string): Promise<void> {
    const file = fileOf(bucket, key);
    await Promise.all([rm(file, { force: true }), rm(`${file}.json`, { force: true })]);
  }

  return {
    driver: null,
    headObject,
    deleteObject,
    async getObject(bucket, key) {
      const metadata = await headObject(bucket, key);
      const body = Readable.toWeb(createReadStream(fileOf(bucket, key)));
      return { metadata, httpStatusCode: 200, body };
    },
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      return replace(fileOf(bucket, key), async (draft) => {
        const hash = createHash('md5');
        let size = 0;
        const measure = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            hash.update(chunk);
            size += chunk.length;
            done(null, chunk);
          },
        });
        await pipeline(bytesOf(body), measure, createWriteStream(draft));
        const eTag = `"${hash.digest('hex')}"`;
        const lastModified = new Date();
        return {
          ...{ eTag, size, mimetype, cacheControl, lastModified },
          contentLength: size,
          httpStatusCode: 200,
        };
      });
    },
    async deleteObjects(bucket, keys) {
      await Promise.all(keys.map((key) => deleteObject(bucket, key)));
    },
    async copyObject(sourceBucket, source, _version, bucket, key) {
      const { eTag } = await headObject(sourceBucket, source);
      const { lastModified } = await replace(fileOf(bucket, key), async (draft) => {
        await copyFile(fileOf(sourceBucket, source), draft);
        return { ...(await headObject(sourceBucket, source)), lastModified: new Date() };
      });
      return { httpStatusCode: 200, eTag, lastModified };
    },
    async privateAssetUrl(bucket, key) {
      return `file://${fileOf(bucket, key)}`;
    },
  };
}
