/** Rate limits, in memory: they start afresh with the stack, as GoTrue's do. */
import type { AuthLimits } from '../config.ts';
import { AuthError } from './errors.ts';

/** A token bucket per key: `limit` calls at once, refilled evenly over `seconds`. */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    readonly limit: number,
    readonly seconds: number,
  ) {}

  allow(key: string, now = Date.now()): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: this.limit, at: now };
    const refill = ((now - bucket.at) / 1000) * (this.limit / this.seconds);
    const tokens = Math.min(this.limit, bucket.tokens + refill);
    const isAllowed = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    this.#forgetFull(now);
    return isAllowed;
  }

  /** Buckets stand in order of use, so the idle ones, full again by now, are in front. */
  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.at < this.seconds * 1000) return;
      this.#buckets.delete(key);
    }
  }
}

const perIpSeconds = 300;
const hourSeconds = 3600;
/** GoTrue fills up 15 a minute, and lets 30 through at once. */
const perFactorSeconds = 120;
const project = 'project';

export interface Limiters {
  verify(ip: string): void;
  signIn(ip: string): void;
  refresh(ip: string): void;
  challengeFactor(ip: string): void;
  verifyFactor(ip: string, userId: string): void;
  sms(): void;
  email(): void;
}

export function createLimiters(limits: AuthLimits): Limiters {
  const verify = new RateLimiter(limits.verifyPerIp, perIpSeconds);
  const signIn = new RateLimiter(limits.signInPerIp, perIpSeconds);
  const refresh = new RateLimiter(limits.refreshPerIp, perIpSeconds);
  const challenge = new RateLimiter(limits.factorsPerIp, perFactorSeconds);
  const verifyFactor = new RateLimiter(limits.factorsPerIp, perFactorSeconds);
  const sms = new RateLimiter(limits.smsPerHour, hourSeconds);
  const email = new RateLimiter(limits.emailsPerHour, hourSeconds);

  const perIp = (limiter: RateLimiter) => (ip: string) => {
    if (!limiter.allow(ip)) {
      throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
    }
  };
  return {
    verify: perIp(verify),
    signIn: perIp(signIn),
    refresh: perIp(refresh),
    challengeFactor: perIp(challenge),
    verifyFactor(ip, userId) {
      perIp(verifyFactor)(ip);
      // Six digits are guessed too fast from many addresses at once.
      perIp(verifyFactor)(userId);
    },
    sms() {
      if (!sms.allow(project)) {
        throw new AuthError(429, 'over_sms_send_rate_limit', 'SMS rate limit exceeded');
      }
    },
    email() {
      if (!email.allow(project)) {
        throw new AuthError(429, 'over_email_send_rate_limit', 'email rate limit exceeded');
      }
    },
  };
}

/** Refuses another code while the last one, sent at `sentAt`, is younger than the interval. */
export function assertInterval(
  sentAt: Date | null,
  intervalSeconds: number,
  code: 'over_sms_send_rate_limit' | 'over_email_send_rate_limit',
): void {
  if (!sentAt || intervalSeconds === 0) return;
  const waitMs = sentAt.getTime() + intervalSeconds * 1000 - Date.now();
  if (waitMs < 0) return;
  const message = `For security purposes, you can only request this after ${Math.floor(waitMs / 1000)} seconds.`;
  throw new AuthError(429, code, message);
}
