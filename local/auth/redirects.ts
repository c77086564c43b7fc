/** Where a link may lead back to (the site, or what the allow list names), and with what. */
import type { SessionResponse } from './sessions.ts';
import type { AuthSettings } from './settings.ts';

const escapeForRegExp = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

/** config.toml's patterns: `*` stops at "." and "/", `**` does not, `?` is one character. */
function toRegExp(pattern: string): RegExp {
  const source = escapeForRegExp(pattern).replace(/\*\*|\*|\?/g, (wildcard) =>
    wildcard === '**' ? '.*' : wildcard === '*' ? '[^./]*' : '[^./]',
  );
  return new RegExp(`^${source}$`);
}

function isAllowed(target: string, settings: AuthSettings): boolean {
  if (!URL.canParse(target)) return false;
  const url = new URL(target);
  const site = new URL(settings.siteUrl);
  if (url.protocol === site.protocol && url.hostname === site.hostname) return true;
  const [withoutFragment = ''] = target.split('#');
  return settings.redirectUrls.some((pattern) => toRegExp(pattern).test(withoutFragment));
}

/** The requested address when it is allowed, else the site. */
export function redirectTarget(request: Request, settings: AuthSettings): string {
  const requested = new URL(request.url).searchParams.get('redirect_to') ?? '';
  return isAllowed(requested, settings) ? requested : settings.siteUrl;
}

/** `sb` tells the client library that the fragment comes from this service. */
export const fragment = (members: Record<string, string>): string =>
  new URLSearchParams({ ...members, sb: '' }).toString();

export function sessionMembers(session: SessionResponse): Record<string, string> {
  return {
    access_token: session.access_token,
    expires_at: String(session.expires_at),
    expires_in: String(session.expires_in),
    refresh_token: session.refresh_token,
    token_type: session.token_type,
  };
}
