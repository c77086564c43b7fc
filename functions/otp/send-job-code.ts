import { z } from '@hono/zod-openapi';
import { clientWith, readSettings, secretKeySchema, type Variables } from '../_shared/env.ts';
import { AppError } from '../_shared/errors.ts';
import { maskPhones, parseMobile } from '../_shared/phone.ts';
import { createApi } from '../_shared/rpc.ts';
import { chooseSmsService } from '../_shared/sms/choose.ts';
import { deliver } from '../_shared/sms/deliver.ts';
import { composeJobMessage, type Purpose } from './job-messages.ts';
import { chooseMarkets, marketReader } from './markets.ts';
import { chooseLanguage } from './sign-in-messages.ts';

const issuedSchema = z.object({
  code: z.string(),
  expires_at: z.string(),
  number: z.string(),
  market_id: z.string(),
  phone: z.string().nullable(),
  language: z.string(),
});

interface Job {
  readonly booking_id: string;
  readonly purpose: Purpose;
  /** The id of the user who wants it sent. */
  readonly user_id: string;
}

const deliveryBudgetMs = 8000;

/**
 * Issues the code in the platform's name, since who asks may be the business, which must not see
 * it, and sends it to the customer. Says until when it is valid, and hints at the number.
 */
export async function sendJobCode(
  job: Job,
  env: Variables,
): Promise<{ expires_at: string; sent_to: string }> {
  const project = readSettings(secretKeySchema, env);
  const client = clientWith(project);
  const issued = await createApi(client).call('issue_job_code', { ...job }, issuedSchema);
  const phone = issued.phone === null ? null : parseMobile(issued.phone);
  const choice =
    phone && chooseMarkets(await marketReader(client)(), issued.market_id, phone.country);
  if (!choice) throw new AppError('phone_not_supported');

  const { market, carrier } = choice;
  const service = chooseSmsService(carrier.sms_service, env, project.key);
  if (!service) {
    throw new AppError('sms_not_configured', { cause: new Error(`market ${carrier.id}`) });
  }
  const language = chooseLanguage(issued.language, market.default_language);
  const { code, expires_at, number } = issued;
  const text = composeJobMessage(language, job.purpose, code, number);
  await deliver(service, { to: phone.e164, text, code, language, kind: 'job' }, deliveryBudgetMs);
  return { expires_at, sent_to: maskPhones(phone.e164) };
}
