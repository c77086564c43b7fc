/** A hook over HTTP: signed as Standard Webhooks say, with GoTrue's budget, retries and errors. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { AuthError, unexpectedFailure } from '../errors.ts';
import type { CallHook } from './index.ts';

const attempts = 3;
const maxAnswerBytes = 200 * 1024;

export interface HttpHookOptions {
  readonly url: string;
  /** `v1,whsec_<base64>`; with several (`|`) each call carries the signature of each. */
  readonly secrets: string;
  readonly budgetMs?: number;
  readonly backoffMs?: number;
}

const hookTimeout = (budgetMs: number) =>
  new AuthError(
    422,
    'hook_timeout',
    `Failed to reach hook within maximum time of ${budgetMs / 1000} seconds`,
  );

async function readAnswer(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const contentType = response.headers.get('content-type');
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    const problem = contentType
      ? `Invalid JSON response. Received content-type: ${contentType}`
      : 'Invalid Content-Type: Missing Content-Type header';
    throw new AuthError(400, 'hook_payload_invalid_content_type', problem);
  }
  const text = await response.text();
  if (text.length > maxAnswerBytes) {
    const problem = `Payload size exceeded size limit of ${maxAnswerBytes} bytes`;
    throw new AuthError(422, 'hook_payload_over_size_limit', problem);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw unexpectedFailure('Error unmarshaling JSON output.');
  }
}

function refusalOf(status: number): AuthError {
  if (status === 429 || status === 503) {
    return unexpectedFailure('Service currently unavailable due to hook');
  }
  if (status === 400) return unexpectedFailure('Invalid payload sent to hook');
  if (status === 401) return unexpectedFailure('Hook requires authorization token');
  return unexpectedFailure(`Unexpected status code returned from hook: ${status}`);
}

export function httpHook(options: HttpHookOptions): CallHook {
  const { url, budgetMs = 5000, backoffMs = 2000 } = options;
  const sign = (id: string, at: Date, payload: string) =>
    options.secrets
      .split('|')
      .map((secret) => new Webhook(secret.replace(/^v1,/, '')).sign(id, at, payload))
      .join(', ');

  async function call(payload: string, signal: AbortSignal): Promise<Response> {
    // Each attempt is a message of its own: receivers can't tell a retry by its id.
    const id = randomUUID();
    const at = new Date();
    return fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal,
      body: payload,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': sign(id, at, payload),
      },
    });
  }

  async function deliver(payload: string, signal: AbortSignal): Promise<unknown> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      let response: Response;
      try {
        response = await call(payload, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        if (attempt === attempts) {
          throw new AuthError(
            422,
            'hook_timeout_after_retry',
            'Failed to reach hook after maximum retries',
          );
        }
        await sleep(backoffMs, undefined, { signal });
        continue;
      }
      if ([200, 202, 204].includes(response.status)) return readAnswer(response);
      await response.body?.cancel();
      const mayRetry = [429, 503].includes(response.status) && response.headers.get('retry-after');
      if (!mayRetry || attempt === attempts) throw refusalOf(response.status);
    }
    return null;
  }

  return async (payload) => {
    const signal = AbortSignal.timeout(budgetMs);
    try {
      return await deliver(JSON.stringify(payload), signal);
    } catch (error) {
      if (signal.aborted && !(error instanceof AuthError)) throw hookTimeout(budgetMs);
      throw error;
    }
  };
}
