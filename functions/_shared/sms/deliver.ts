import { AppError } from '../errors.ts';
import type { CodeMessage, SmsResult, SmsService } from './service.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Time that a second try needs to make sense, and the wait before it. */
const secondTry = { minMs: 1500, waitMs: 300 };

/**
 * Hands a message to a service within `budgetMs`. A refusal "for now" is tried once more;
 * a timeout is not, because the message may be on its way.
 */
export async function deliver(
  service: SmsService,
  message: CodeMessage,
  budgetMs: number,
): Promise<string> {
  const start = performance.now();
  const signal = AbortSignal.timeout(budgetMs);
  let result = await attempt(service, message, signal);
  if (result.status === 'retryable' && performance.now() - start < budgetMs - secondTry.minMs) {
    await pause(secondTry.waitMs);
    result = await attempt(service, message, signal);
  }
  if (result.status === 'accepted') return result.id;
  const cause = new Error(`${service.name}: ${result.detail}`);
  const recipient = result.status === 'refused' && result.because === 'recipient';
  throw new AppError(recipient ? 'sms_refused' : 'sms_unavailable', { cause });
}

async function attempt(
  service: SmsService,
  message: CodeMessage,
  signal: AbortSignal,
): Promise<SmsResult> {
  try {
    return await service.send(message, signal);
  } catch (error) {
    // The error's own text may hold the address, and Mobizon's address holds the key.
    const name = error instanceof Error ? error.name : 'unknown error';
    throw new AppError('sms_unavailable', { cause: new Error(`${service.name}: ${name}`) });
  }
}
