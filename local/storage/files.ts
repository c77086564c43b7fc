/**
 * Stored objects as files that follow the rows of storage.objects: each content is a file of its
 * own, `<dir>/<bucket>/<digest of the key>/<its MD5>` beside a `.json` with its metadata, and the
 * row's eTag says which one is meant. A write that the database refuses changes nothing that way.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { App } from '@supabase/lite';
import type { Sql } from 'postgres';
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

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly folder: string;
}

export interface ObjectFiles {
  readonly adapter: StorageAdapter;
  /** Runs a request, and then removes the files that no row means any more. */
  follow<T>(request: () => Promise<T>): Promise<T>;
}

function bytesOf(body: Parameters<StorageAdapter['uploadObject']>[3]): Readable {
  if (body instanceof Uint8Array) return Readable.from([body]);
  return Readable.from(body);
}

// Keys are people's words; a digest can't leave the bucket's folder nor clash with a folder.
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const fileName = (eTag: string) => eTag.replaceAll(/[^0-9a-f]/g, '');

export function createObjectFiles(dir: string, sql: Sql): ObjectFiles {
  const places = new AsyncLocalStorage<Map<string, Place>>();
  /** Requests under way per folder: the last one of them tidies up. */
  const writers = new Map<string, number>();

  function placeOf(bucket: string, key: string): Place {
    return { bucket, key, folder: join(dir, digest(bucket), digest(key)) };
  }

  function write(bucket: string, key: string): Place {
    const place = placeOf(bucket, key);
    const written = places.getStore();
    if (written && !written.has(place.folder)) {
      written.set(place.folder, place);
      writers.set(place.folder, (writers.get(place.folder) ?? 0) + 1);
    }
    return place;
  }

  async function eTagOf({ bucket, key }: Place): Promise<string | null> {
    const [row] = await sql<{ etag: string | null }[]>`
      select metadata ->> 'eTag' as etag from storage.objects
      where bucket_id = ${bucket} and name = ${key}`;
    return row?.etag ?? null;
  }

  async function fileOf(bucket: string, key: string): Promise<string> {
    const place = placeOf(bucket, key);
    return join(place.folder, fileName((await eTagOf(place)) ?? 'nothing'));
  }

  async function tidy(place: Place): Promise<void> {
    const eTag = await eTagOf(place);
    if (eTag === null) {
      await rm(place.folder, { recursive: true, force: true });
      return;
    }
    const names = await readdir(place.folder).catch(() => []);
    await Promise.all(
      names
        .filter((name) => name.replace('.json', '') !== fileName(eTag))
        .map((name) => rm(join(place.folder, name), { force: true })),
    );
  }

  async function metadataOf(file: string): Promise<Metadata> {
    return metadataSchema.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  }

  /** Written beside and renamed: a reader sees the whole of it or nothing. */
  async function keep({ folder }: Place, lay: (draft: string) => Promise<Metadata>) {
    await mkdir(folder, { recursive: true });
    const draft = join(folder, randomUUID());
    try {
      const metadata = await lay(draft);
      await writeFile(`${draft}.json`, JSON.stringify(metadata));
      const file = join(folder, fileName(metadata.eTag));
      await rename(draft, file);
      await rename(`${draft}.json`, `${file}.json`);
      return metadata;
    } finally {
      await rm(draft, { force: true });
      await rm(`${draft}.json`, { force: true });
    }
  }

  const adapter: StorageAdapter = {
    driver: null,
    async headObject(bucket, key) {
      return metadataOf(await fileOf(bucket, key));
    },
    async getObject(bucket, key) {
      const file = await fileOf(bucket, key);
      const metadata = await metadataOf(file);
      return { metadata, httpStatusCode: 200, body: Readable.toWeb(createReadStream(file)) };
    },
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      return keep(write(bucket, key), async (draft) => {
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
    // The rows say what is gone.
    async deleteObject(bucket, key) {
      write(bucket, key);
    },
    async deleteObjects(bucket, keys) {
      for (const key of keys) write(bucket, key);
    },
    async copyObject(sourceBucket, source, _version, bucket, key) {
      const from = await fileOf(sourceBucket, source);
      const { eTag, lastModified } = await keep(write(bucket, key), async (draft) => {
        await copyFile(from, draft);
        return { ...(await metadataOf(from)), lastModified: new Date() };
      });
      return { httpStatusCode: 200, eTag, lastModified };
    },
    async privateAssetUrl(bucket, key) {
      return `file://${await fileOf(bucket, key)}`;
    },
  };

  return {
    adapter,
    async follow(request) {
      const written = new Map<string, Place>();
      try {
        return await places.run(written, request);
      } finally {
        for (const [folder, place] of written) {
          const left = (writers.get(folder) ?? 1) - 1;
          if (left > 0) writers.set(folder, left);
          else {
            writers.delete(folder);
            await tidy(place);
          }
        }
      }
    },
  };
}
