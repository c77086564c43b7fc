import type { Variables } from '../_shared/env.ts';
import { AppError } from '../_shared/errors.ts';
import { parseMobile } from '../_shared/phone.ts';
import { chooseSmsService } from '../_shared/sms/choose.ts';
import { deliver } from '../_shared/sms/deliver.ts';
import { chooseMarkets, type Market } from './markets.ts';
import type { SendSms } from './schemas.ts';
import { chooseLanguage, composeSignInMessage } from './sign-in-messages.ts';

interface Dependencies {
  readonly env: Variables;
  readonly secretKey: string;
  markets(): Promise<Market[]>;
}

/** Auth gives the hook 5 s in all; looking up the market may take 1.5 s of them. */
const deliveryBudgetMs = 3000;
/** As long as the signature of a call counts: five minutes before and after its time. */
const rememberMs = 600_000;

/**
 * Sends each sign-in code once. Auth repeats a call under a new webhook id when the connection
 * breaks, and whoever has seen a call can repeat it, so calls are told apart by user, number and
 * code.
 * The memory is this instance's own: a repetition that reaches another instance sends a second
 * SMS with the same code.
 */
export function signInCodeSender(dependencies: Dependencies): (call: SendSms) => Promise<void> {
  const sent = new Map<string, { until: number; done: Promise<void> }>();
  return async (call) => {
    const now = Date.now();
    // The oldest stand first.
    for (const [key, { until }] of sent) {
      if (until >= now) break;
      sent.delete(key);
    }

    const key = `${call.user.id} ${call.sms.phone} ${call.sms.otp}`;
    const before = sent.get(key);
    if (before) return await before.done;
    const done = send(call, dependencies);
    sent.set(key, { until: now + rememberMs, done });
    try {
      await done;
    } catch (error) {
      sent.delete(key);
      throw error;
    }
  };
}

/**
 * Auth knows accounts by the digits of their phone: with a second spelling one SIM would have a
 * second account. Those that are there already keep what they have.
 */
function assertOneSpelling({ user, sms }: SendSms, e164: string): void {
  if (sms.phone === user.phone || e164 === `+${sms.phone.replace(/^\+/, '')}`) return;
  throw new AppError('phone_misspelled', { message: `Write this number as ${e164}.` });
}

async function send(call: SendSms, { env, secretKey, markets }: Dependencies): Promise<void> {
  const phone = parseMobile(call.sms.phone);
  const wish = (name: string) => {
    const value = call.user.user_metadata?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const choice = phone && chooseMarkets(await markets(), wish('market'), phone.country);
  if (!choice) throw new AppError('phone_not_supported');
  assertOneSpelling(call, phone.e164);

  const { market, carrier } = choice;
  const service = chooseSmsService(carrier.sms_service, env, secretKey);
  if (!service) {
    throw new AppError('sms_not_configured', { cause: new Error(`market ${carrier.id}`) });
  }
  const language = chooseLanguage(wish('language'), market.default_language);
  const brand = market.names[language] ?? market.names.en ?? '';
  const text = composeSignInMessage(language, brand, call.sms.otp);
  await deliver(
    service,
    { to: phone.e164, text, code: call.sms.otp, language, kind: 'sign_in' },
    deliveryBudgetMs,
  );
}
