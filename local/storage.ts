import { join } from 'node:path';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Access } from './access.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { Lite } from './lite.ts';
import type { Caller } from './rest/request.ts';
import type { Service, StackContext } from './service.ts';
import { listObjects, listOptionsSchema } from './storage/list.ts';
import { refusalSchema, refuse, withCode } from './storage/refusals.ts';

const prefix = '/storage/v1';

const missing: readonly (readonly [RegExp, string])[] = [
  [/^\/upload\/resumable/, 'Resumable uploads (TUS) are not part of the local stack'],
  [/^\/render\/image/, 'Image transformation is not part of the local stack'],
  [/^\/s3/, 'The S3 endpoint is not part of the local stack'],
  [/^\/(iceberg|vector)/, 'Analytics and vector buckets are not part of the local stack'],
  [/^\/object\/list-v2/, 'list-v2 is not part of the local stack: use list'],
];
const signedPath = /^\/object\/(?:upload\/)?sign\/([^/]+)\/(.+)$/;

const signedSchema = z.object({ signedUrl: z.string() });
const signManySchema = z.object({ expiresIn: z.number(), paths: z.array(z.string()).max(1000) });
const infoSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  bucket_id: z.string(),
  created_at: z.string(),
  metadata: z.object({
    size: z.number(),
    mimetype: z.string(),
    cacheControl: z.string(),
    eTag: z.string(),
    lastModified: z.string(),
  }),
  user_metadata: z.record(z.string(), z.unknown()).nullish(),
});

export function storageDir(stateDir: string): string {
  return join(stateDir, 'storage');
}

/** `/storage/v1`: lite's storage, with hosted's answers where supabase-js needs them. */
export function createStorage(ctx: StackContext, lite: Lite, access: Access): Service {
  const secret = new TextEncoder().encode(ctx.keys.internalSecret);
  const writes = new KeyedLock();

  async function identify(request: Request): Promise<Caller | Response> {
    const key = request.headers.get('apikey') ? access.apiKey(request) : 'anon';
    if (key instanceof Response) return key;
    const caller = await access.caller(request, key);
    return 'code' in caller ? refuse(403, 'Unauthorized', caller.message) : caller;
  }

  /** What a signed URL allows is decided by its token alone. */
  async function checkToken(url: URL): Promise<Response | null> {
    try {
      await jwtVerify(url.searchParams.get('token') ?? '', secret, { algorithms: ['HS256'] });
      return null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return refuse(400, 'InvalidJWT', error.message);
      throw error;
    }
  }

  async function list(request: Request, bucket: string, caller: Caller): Promise<Response> {
    const body: unknown = await request.json().catch(() => null);
    const options = listOptionsSchema.safeParse(body);
    if (!options.success) return refuse(400, 'InvalidRequest', z.prettifyError(options.error));
    return Response.json(await listObjects(ctx.sql, caller, bucket, options.data));
  }

  /** Lite takes a list of paths for one object without a name. */
  async function signMany(request: Request, caller: Caller): Promise<Response> {
    const body: unknown = await request.json().catch(() => null);
    const { data, error } = signManySchema.safeParse(body);
    if (!data) return refuse(400, 'InvalidRequest', z.prettifyError(error));
    const signed = await Promise.all(
      data.paths.map(async (path) => {
        const one = new Request(
          `${request.url}/${path.split('/').map(encodeURIComponent).join('/')}`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ expiresIn: data.expiresIn }),
          },
        );
        const answer = await lite.fetch(one, caller);
        const json: unknown = await answer.json();
        if (!answer.ok) return { path, signedURL: null, error: refusalSchema.parse(json).message };
        return { path, signedURL: relative(signedSchema.parse(json).signedUrl), error: null };
      }),
    );
    return Response.json(signed);
  }

  return {
    name: 'storage',
    async fetch(request) {
      const url = new URL(request.url);
      const path = url.pathname.slice(prefix.length);
      const unsupported = missing.find(([pattern]) => pattern.test(path));
      if (unsupported) return refuse(501, 'NotImplemented', unsupported[1], 501);
      if (url.href.includes('%00')) return refuse(400, 'InvalidKey', 'Invalid key');

      const caller = await identify(request);
      if (caller instanceof Response) return caller;
      const { method } = request;
      const usesToken = signedPath.test(path) && (method === 'GET' || method === 'PUT');
      const refused = usesToken ? await checkToken(url) : null;
      if (refused) return refused;

      const [, listed] = /^\/object\/list\/([^/]+)$/.exec(path) ?? [];
      if (listed && method === 'POST') return list(request, decodeURIComponent(listed), caller);
      if (method === 'POST' && /^\/object\/sign\/[^/]+$/.test(path))
        return signMany(request, caller);
      const plain = await withPlainBody(request);
      // Of two uploads to one name the second finds what the first has written.
      const answer = await (method === 'POST' || method === 'PUT'
        ? writes.run(path, () => lite.fetch(plain, caller))
        : lite.fetch(plain, caller));
      return answer.ok ? translate(method, path, request, answer) : withCode(answer);
    },
    async stop() {},
  };
}

/**
 * The body as lite reads it: its size limit looks at Content-Length alone, which a stream does
 * not have, and the unnamed form field that supabase-js sends a Blob in is unknown to it.
 */
async function withPlainBody(request: Request): Promise<Request> {
  const { method, url } = request;
  const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data');
  if (!request.body || (!isForm && request.headers.has('content-length'))) return request;
  const headers = new Headers(request.headers);
  let body: ArrayBuffer;
  if (isForm) {
    const form = await request.formData();
    const file = [...form.values()].find((value) => value instanceof Blob);
    const cacheControl = form.get('cacheControl');
    headers.set('content-type', file?.type || 'application/octet-stream');
    if (typeof cacheControl === 'string') headers.set('cache-control', `max-age=${cacheControl}`);
    body = file ? await file.arrayBuffer() : new ArrayBuffer(0);
  } else {
    body = await request.arrayBuffer();
  }
  headers.set('content-length', String(body.byteLength));
  return new Request(url, { method, headers, body });
}

function relative(url: string): string {
  return url.replace(prefix, '');
}

/** Lite's field names are not those that supabase-js reads. */
async function translate(
  method: string,
  path: string,
  request: Request,
  answer: Response,
): Promise<Response> {
  if (method === 'POST' && path.startsWith('/object/upload/sign/')) {
    const { signedUrl } = signedSchema.parse(await answer.json());
    const token = new URL(signedUrl, request.url).searchParams.get('token');
    return Response.json({ url: relative(signedUrl), token });
  }
  if (method === 'POST' && signedPath.test(path)) {
    const { signedUrl } = signedSchema.parse(await answer.json());
    return Response.json({ signedURL: relative(signedUrl) });
  }
  if (method === 'POST' && path === '/object/copy') {
    const { key } = z.object({ key: z.string() }).parse(await answer.json());
    return Response.json({ Key: key });
  }
  if (method === 'GET' && path.startsWith('/object/info/')) {
    const { metadata, user_metadata, ...row } = infoSchema.parse(await answer.json());
    return Response.json({
      ...row,
      size: metadata.size,
      content_type: metadata.mimetype,
      cache_control: metadata.cacheControl,
      etag: metadata.eTag,
      last_modified: metadata.lastModified,
      metadata: user_metadata ?? {},
    });
  }
  return answer;
}
