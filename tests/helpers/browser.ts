/** A browser, as far as signing in at an OpenID provider needs one: redirects, cookies, forms. */
import { choiceSchema } from './openid-provider.ts';

export interface Visit {
  /** The address with which the app is opened again. */
  readonly app: URL;
  /** How the provider sent the browser back to the auth service: a link or a posted form. */
  readonly callback: { readonly url: string; readonly init: RequestInit };
}

export interface VisitOptions {
  /** What they answer when the provider asks for consent. */
  readonly isAllowed?: boolean;
  /** What the provider posts beyond the protocol. */
  readonly extraFields?: Readonly<Record<string, string>>;
  /** Leaves the last step, from the provider to the auth service, undone. */
  readonly stopsAtCallback?: boolean;
}

/** The form that a page posts by itself, as `response_mode=form_post` makes them. */
function formOf(html: string): { url: string; fields: URLSearchParams } | null {
  const url = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (!url) return null;
  const inputs = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"\s*\/>/g);
  const fields = new URLSearchParams();
  for (const [, name = '', value = ''] of inputs) fields.set(name, value);
  return { url, fields };
}

/** Follows `url` through the provider and the auth service to the app. */
export async function visit(
  url: string,
  sub: string,
  { isAllowed = true, extraFields = {}, stopsAtCallback = false }: VisitOptions = {},
): Promise<Visit> {
  const jar = new Map<string, string>();
  let callback: Visit['callback'] | null = null;
  let next: { url: string; init: RequestInit } = { url, init: {} };
  for (let step = 0; step < 20; step += 1) {
    const { pathname, hostname } = new URL(next.url);
    if (hostname !== '127.0.0.1') {
      if (!callback) throw new Error(`${next.url} without having been at the provider`);
      return { app: new URL(next.url), callback };
    }
    if (pathname === '/auth/v1/callback') {
      callback = next;
      if (stopsAtCallback) return { app: new URL(next.url), callback };
    }
    if (pathname.startsWith('/interaction/')) {
      const body = JSON.stringify(choiceSchema.parse({ sub, isAllowed }));
      next = { url: next.url, init: { method: 'POST', body } };
    }
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(next.url, {
      ...next.init,
      redirect: 'manual',
      headers: { cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    const form = formOf(text);
    if (location) next = { url: new URL(location, next.url).href, init: {} };
    else if (form) {
      for (const [name, value] of Object.entries(extraFields)) form.fields.set(name, value);
      next = { url: form.url, init: { method: 'POST', body: form.fields } };
    } else throw new Error(`${response.status} at ${next.url}: ${text}`);
  }
  throw new Error('Redirected without end');
}
