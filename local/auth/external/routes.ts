/** GET /authorize sends the browser to the provider, /callback takes it from there to the app. */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { randomPKCECodeVerifier } from 'openid-client';
import { inTransaction } from '../database.ts';
import { AuthError, OAuthError, redirectError, unexpectedFailure } from '../errors.ts';
import { parseChallenge } from '../pkce.ts';
import { fragment, redirectTarget, sessionMembers } from '../redirects.ts';
import { type Auth, type AuthEnv, clientOf } from '../service-context.ts';
import { startSession } from '../sessions.ts';
import { claimFlow, type Flow, issueCode, storeFlow } from './flow.ts';
import { arrive } from './sign-in.ts';

/** Parameters of /authorize that are not the provider's, or that only this service may set. */
const reserved = new Set([
  ...['provider', 'scopes', 'redirect_to', 'skip_http_redirect', 'invite_token', 'apikey'],
  ...['client_id', 'client_secret', 'redirect_uri', 'response_type', 'response_mode', 'state'],
  ...['nonce', 'scope', 'code_challenge', 'code_challenge_method', 'code_verifier'],
  ...['request', 'request_uri'],
]);

/** Where to send the browser; `linkingUserId` is whose account the provider's is added to. */
export async function startFlow(
  auth: Auth,
  request: Request,
  linkingUserId: string | null,
): Promise<string> {
  const query = new URL(request.url).searchParams;
  const provider = auth.providers.forSignIn(query.get('provider') ?? '');
  const challenge = parseChallenge({
    code_challenge: query.get('code_challenge') ?? '',
    code_challenge_method: query.get('code_challenge_method') ?? '',
  });
  const binding = { state: randomUUID(), verifier: randomPKCECodeVerifier() };
  const scopes = (query.get('scopes') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  const passedOn = [...query].filter(([name]) => !reserved.has(name.toLowerCase()));
  const url = await provider.authorizationUrl(binding, scopes, Object.fromEntries(passedOn));
  const redirectTo = new URL(redirectTarget(request, auth.settings)).href;
  await inTransaction(auth.sql, (tx) =>
    storeFlow(tx, { ...binding, provider: provider.name, challenge, redirectTo, linkingUserId }),
  );
  return url.href;
}

/** Adds to the target what the app needs to have the session. */
async function finishFlow(
  auth: Auth,
  c: Context<AuthEnv>,
  flow: Flow,
  response: URLSearchParams,
  target: URL,
): Promise<void> {
  const refusal = response.get('error');
  if (refusal) throw new OAuthError(refusal, response.get('error_description') ?? '');
  if (!response.get('code')) {
    const message = 'OAuth callback with missing authorization code missing';
    throw new AuthError(400, 'bad_oauth_callback', message);
  }
  const provider = auth.providers.forCallback(flow.provider);
  const answer = await provider.exchange(response, flow);
  const { user: provided, accessToken, refreshToken } = answer;
  if (!provided.email && !provider.settings.emailOptional) {
    throw unexpectedFailure('Error getting user email from external provider');
  }
  await arrive(auth, { ...flow, provided, ip: c.env.ip }, async (tx, user) => {
    if (flow.isPkce) {
      target.searchParams.set('code', await issueCode(tx, flow, user.id, answer));
      return;
    }
    const session = await startSession(auth, tx, user, 'oauth', clientOf(c));
    target.hash = fragment({
      ...sessionMembers(session),
      provider_token: accessToken,
      ...(refreshToken && { provider_refresh_token: refreshToken }),
    });
  });
}

export function externalRoutes(auth: Auth): Hono<AuthEnv> {
  function refuse(error: unknown, target: URL): Record<string, string> {
    const { members, known } = redirectError(error);
    if (!known) auth.logger.error(error instanceof Error ? `${error.stack}` : String(error));
    for (const [name, value] of Object.entries(members)) target.searchParams.set(name, value);
    return members;
  }

  async function callback(c: Context<AuthEnv>): Promise<Response> {
    const response =
      c.req.method === 'POST'
        ? new URLSearchParams(await c.req.text())
        : new URL(c.req.url).searchParams;
    let flow: Flow;
    try {
      flow = await inTransaction(auth.sql, (tx) => claimFlow(tx, response.get('state')));
    } catch (error) {
      // Without a valid state nobody knows where this came from, so it ends at the site.
      const site = new URL(auth.settings.siteUrl);
      refuse(error, site);
      return c.redirect(site.href, 303);
    }
    const target = new URL(flow.redirectTo);
    try {
      await finishFlow(auth, c, flow, response, target);
    } catch (error) {
      target.hash = fragment(refuse(error, target));
    }
    return c.redirect(target.href, 302);
  }

  return new Hono<AuthEnv>()
    .get('/authorize', async (c) => c.redirect(await startFlow(auth, c.req.raw, null), 302))
    .get('/callback', callback)
    .post('/callback', callback);
}
