/** A sign-in on its way to a provider and back. The state that goes along works once. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../database.ts';
import { AuthError } from '../errors.ts';
import { isUuid } from '../input.ts';
import type { Challenge } from '../pkce.ts';
import type { Binding, ProviderAnswer } from './provider.ts';
import type { ProviderName } from './settings.ts';

const lifetimeSeconds = 300;

export interface NewFlow extends Binding {
  readonly provider: ProviderName;
  /** Of an app that will fetch its session with a code; without one it gets it in the fragment. */
  readonly challenge: Challenge | null;
  readonly redirectTo: string;
  /** Who wants the account added to theirs; null when somebody signs in. */
  readonly linkingUserId: string | null;
}

export interface Flow extends Binding {
  readonly provider: string;
  readonly isPkce: boolean;
  readonly redirectTo: string;
  readonly linkingUserId: string | null;
}

export async function storeFlow(tx: Tx, flow: NewFlow): Promise<void> {
  // Most of those who turn round at the provider never come back.
  await tx`delete from auth.flow_state where created_at < now() - interval '1 day'`;
  await tx`delete from auth.oauth_client_states where created_at < now() - interval '1 day'`;
  const clientStateId = randomUUID();
  await tx`
    insert into auth.oauth_client_states (id, provider_type, code_verifier, created_at)
    values (${clientStateId}, ${flow.provider}, ${flow.verifier}, now())`;
  await tx`
    insert into auth.flow_state (
      id, auth_code, authentication_method, code_challenge, code_challenge_method, provider_type,
      referrer, oauth_client_state_id, linking_target_id, created_at, updated_at
    ) values (
      ${flow.state}, ${flow.challenge && randomUUID()}, 'oauth',
      ${flow.challenge?.challenge ?? null}, ${flow.challenge?.method ?? null}, ${flow.provider},
      ${flow.redirectTo}, ${clientStateId}, ${flow.linkingUserId}, now(), now()
    )`;
}

const rowSchema = z.object({
  provider_type: z.string(),
  code_challenge: z.string().nullable(),
  referrer: z.string(),
  oauth_client_state_id: z.string(),
  linking_target_id: z.string().nullable(),
  is_expired: z.boolean(),
});
const clientStateSchema = z.object({ code_verifier: z.string() });
const badState = (message: string) => new AuthError(400, 'bad_oauth_state', message);

/** The flow of that state. Whoever comes second with it, even at the same time, is refused. */
export async function claimFlow(tx: Tx, state: string | null): Promise<Flow> {
  if (!state) throw new AuthError(400, 'bad_oauth_callback', 'OAuth state parameter missing');
  if (!isUuid(state)) throw badState('OAuth state parameter is invalid');
  const [row] = await tx`
    select *, created_at < now() - make_interval(secs => ${lifetimeSeconds}) as is_expired
    from auth.flow_state
    where id = ${state} and authentication_method = 'oauth'
    for update`;
  if (!row) throw badState('OAuth state not found or expired');
  const flow = rowSchema.parse(row);
  if (flow.is_expired) throw badState('OAuth state has expired');
  const [clientState] = await tx`
    delete from auth.oauth_client_states where id = ${flow.oauth_client_state_id}
    returning code_verifier`;
  if (!clientState) {
    throw new AuthError(400, 'flow_state_already_used', 'State has already been used');
  }
  const isPkce = flow.code_challenge !== null;
  if (!isPkce) await tx`delete from auth.flow_state where id = ${state}`;
  return {
    state,
    verifier: clientStateSchema.parse(clientState).code_verifier,
    provider: flow.provider_type,
    isPkce,
    redirectTo: flow.referrer,
    linkingUserId: flow.linking_target_id,
  };
}

const codeSchema = z.object({ auth_code: z.string() });

/** The code with which the app that knows the verifier of its challenge fetches the session. */
export async function issueCode(
  tx: Tx,
  { state }: Flow,
  userId: string,
  { accessToken, refreshToken }: ProviderAnswer,
): Promise<string> {
  const [row] = await tx`
    update auth.flow_state set
      user_id = ${userId},
      provider_access_token = ${accessToken},
      provider_refresh_token = ${refreshToken},
      auth_code_issued_at = now(),
      updated_at = now()
    where id = ${state}
    returning auth_code`;
  return codeSchema.parse(row).auth_code;
}
