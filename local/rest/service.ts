import type { Access } from '../access.ts';
import type { Lite } from '../lite.ts';
import type { Service } from '../service.ts';
import { errorResponse } from './errors.ts';
import { hasReservedKey, hasReservedName } from './names.ts';

const withBody = new Set(['POST', 'PUT', 'PATCH']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The same request with its body read, or null when that is not UTF-8 or not to be used. */
async function withText(request: Request): Promise<Request | null> {
  try {
    const body = utf8.decode(await request.arrayBuffer());
    const isText = /^text\/(plain|xml)/.test(request.headers.get('content-type') ?? '');
    if (!isText && hasReservedKey(body)) return null;
    return new Request(request.url, { method: request.method, headers: request.headers, body });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function isBinary(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/octet-stream') ?? false;
}

/** `/rest/v1`: lite behind the checks that hosted's gateway and PostgREST make before it. */
export function createRest(lite: Lite, access: Access): Service {
  return {
    name: 'rest',
    async fetch(request, { ip }) {
      // PostgREST answers CORS preflights and `Allow` questions to anybody.
      const apiKeyRole = request.method === 'OPTIONS' ? 'anon' : access.apiKey(request);
      if (apiKeyRole instanceof Response) return apiKeyRole;
      const checkedCaller = await access.caller(request, apiKeyRole);
      if ('code' in checkedCaller) {
        const { code, message, details } = checkedCaller;
        return errorResponse(401, code, message, details);
      }
      const caller = { ...checkedCaller, ip };
      if (request.url.includes('%00') || hasReservedName(request.url)) {
        return errorResponse(400, 'PGRST100', 'The request could not be parsed');
      }
      if (!withBody.has(request.method) || isBinary(request)) return lite.fetch(request, caller);
      const checked = await withText(request);
      if (!checked) return errorResponse(400, 'PGRST102', 'Empty or invalid json');
      return lite.fetch(checked, caller);
    },
    async stop() {},
  };
}
