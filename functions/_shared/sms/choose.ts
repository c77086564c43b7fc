import { readSettings, type Variables } from '../env.ts';
import { africasTalking, africasTalkingSettingsSchema } from './africas-talking.ts';
import { inbox, inboxSettingsSchema } from './inbox.ts';
import { mobizon, mobizonSettingsSchema } from './mobizon.ts';
import { msg91, msg91SettingsSchema } from './msg91.ts';
import type { SmsService } from './service.ts';
import { twilio, twilioSettingsSchema } from './twilio.ts';

interface Offer {
  /** The variable whose presence says that this service is wanted. */
  readonly credential: string;
  create(env: Variables): SmsService;
}

/** The services by the name that `public.markets.sms_service` gives them. */
const services: Readonly<Record<string, Offer>> = {
  twilio: {
    credential: 'TWILIO_ACCOUNT_SID',
    create: (env) => twilio(readSettings(twilioSettingsSchema, env)),
  },
  msg91: {
    credential: 'MSG91_AUTH_KEY',
    create: (env) => msg91(readSettings(msg91SettingsSchema, env)),
  },
  africas_talking: {
    credential: 'AFRICAS_TALKING_API_KEY',
    create: (env) => africasTalking(readSettings(africasTalkingSettingsSchema, env)),
  },
  mobizon: {
    credential: 'MOBIZON_API_KEY',
    create: (env) => mobizon(readSettings(mobizonSettingsSchema, env)),
  },
};

/**
 * The market's service when its credentials are there, else the inbox when there is one, else
 * null. A service that is set up by half is an error, not a reason to fall back.
 */
export function chooseSmsService(
  name: string | null,
  env: Variables,
  secretKey: string,
): SmsService | null {
  const offer = name === null ? undefined : services[name];
  if (offer && env[offer.credential]) return offer.create(env);
  if (env.SMS_INBOX_URL) return inbox(readSettings(inboxSettingsSchema, env), secretKey);
  return null;
}
