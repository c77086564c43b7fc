import { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Webhook } from 'standardwebhooks';
import { AppError } from './errors.ts';

/** `v1,whsec_<base64>`; several, separated by "|", while a secret is being replaced. */
export const webhookSecretsSchema = z
  .string()
  .regex(/^v1,whsec_[A-Za-z0-9+/=]+(\|v1,whsec_[A-Za-z0-9+/=]+)*$/)
  .transform((text) => text.split('|').map((secret) => secret.replace(/^v1,/, '')));

/** Lets only calls pass that are signed with one of the secrets (Standard Webhooks). */
export function verifyWebhook(secrets: () => readonly string[]): MiddlewareHandler {
  return async function verifyWebhook(c, next) {
    const body = await c.req.text();
    const headers = c.req.header();
    const isSigned = secrets().some((secret) => {
      try {
        new Webhook(secret).verify(body, headers, { jsonParse: false });
        return true;
      } catch {
        return false;
      }
    });
    if (!isSigned) throw new AppError('invalid_signature');
    await next();
  };
}
