/** The part of `[auth]` in supabase/config.toml that the auth service obeys. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import type { StackConfig } from '../config.ts';
import { parseDuration } from './duration.ts';
import {
  type ExternalSettings,
  externalSchema,
  readExternalSettings,
} from './external/settings.ts';
import { type HooksSettings, hooksSchema, readHooksSettings } from './hooks/settings.ts';

const durationSchema = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds === null) context.addIssue(`"${text}" is no duration`);
  return milliseconds;
});

const authSchema = z.looseObject({
  site_url: z.string().default('http://127.0.0.1:3000'),
  additional_redirect_urls: z.array(z.string()).default([]),
  enable_signup: z.boolean().default(true),
  enable_anonymous_sign_ins: z.boolean().default(false),
  enable_manual_linking: z.boolean().default(false),
  minimum_password_length: z.int().default(6),
  password_requirements: z
    .enum([
      '',
      'letters_digits',
      'lower_upper_letters_digits',
      'lower_upper_letters_digits_symbols',
    ])
    .default(''),
  sessions: z.looseObject({ timebox: durationSchema.default(null) }).prefault({}),
  email: z
    .looseObject({
      enable_signup: z.boolean().default(true),
      enable_confirmations: z.boolean().default(true),
      double_confirm_changes: z.boolean().default(true),
      secure_password_change: z.boolean().default(false),
      otp_length: z.int().min(6).max(10).default(6),
      otp_expiry: z.int().positive().default(3600),
    })
    .prefault({}),
  sms: z
    .looseObject({
      enabled: z.boolean().default(true),
      enable_signup: z.boolean().default(true),
      enable_confirmations: z.boolean().default(true),
      test_otp: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  mfa: z
    .looseObject({
      max_enrolled_factors: z.int().nonnegative().default(10),
      totp: z
        .looseObject({
          enroll_enabled: z.boolean().default(true),
          verify_enabled: z.boolean().default(true),
        })
        .prefault({}),
    })
    .prefault({}),
  external: externalSchema,
  hook: hooksSchema,
});

export interface AuthSettings {
  readonly siteUrl: string;
  readonly redirectUrls: readonly string[];
  readonly signupEnabled: boolean;
  readonly anonymousEnabled: boolean;
  /** Users may add accounts of providers to theirs, and take them away. */
  readonly manualLinkingEnabled: boolean;
  readonly passwordMinLength: number;
  /** Every password needs a character of each of these sets. */
  readonly passwordCharacterSets: readonly string[];
  /** A password is changed by a session of the last 24 hours, or with a code. */
  readonly reauthenticatesForPassword: boolean;
  /** After this a session has to sign in again, however busy it is. */
  readonly sessionTimeboxMs: number | null;
  readonly email: {
    readonly enabled: boolean;
    readonly autoconfirm: boolean;
    /** A change of address is confirmed from the old and from the new mailbox. */
    readonly doubleConfirmChanges: boolean;
    readonly otpLength: number;
    readonly otpExpirySeconds: number;
  };
  readonly phone: {
    readonly enabled: boolean;
    readonly autoconfirm: boolean;
    readonly otpLength: number;
    /** Codes of numbers that are never sent an SMS, by number without "+". */
    readonly testOtps: Readonly<Record<string, string>>;
  };
  readonly mfa: {
    readonly maxEnrolledFactors: number;
    readonly totp: { readonly enrollEnabled: boolean; readonly verifyEnabled: boolean };
  };
  readonly external: ExternalSettings;
  readonly hooks: HooksSettings;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const symbols = '!@#$%^&*()_+-=[]{};\'\\:"|<>?,./`~';
const characterSets = {
  '': [],
  letters_digits: [lower + upper, digits],
  lower_upper_letters_digits: [lower, upper, digits],
  lower_upper_letters_digits_symbols: [lower, upper, digits, symbols],
};

const smsOtpLength = 6;

export async function readAuthSettings(
  config: Pick<StackConfig, 'projectDir' | 'url'>,
): Promise<AuthSettings> {
  const path = join(config.projectDir, 'supabase', 'config.toml');
  const file = existsSync(path) ? parse(await readFile(path, 'utf8')) : {};
  const auth = authSchema.parse(file.auth ?? {});
  return {
    siteUrl: auth.site_url,
    redirectUrls: auth.additional_redirect_urls,
    signupEnabled: auth.enable_signup,
    anonymousEnabled: auth.enable_anonymous_sign_ins,
    manualLinkingEnabled: auth.enable_manual_linking,
    passwordMinLength: auth.minimum_password_length,
    passwordCharacterSets: characterSets[auth.password_requirements],
    reauthenticatesForPassword: auth.email.secure_password_change,
    sessionTimeboxMs: auth.sessions.timebox,
    email: {
      enabled: auth.email.enable_signup,
      autoconfirm: !auth.email.enable_confirmations,
      doubleConfirmChanges: auth.email.double_confirm_changes,
      otpLength: auth.email.otp_length,
      otpExpirySeconds: auth.email.otp_expiry,
    },
    phone: {
      enabled: auth.sms.enabled && auth.sms.enable_signup,
      autoconfirm: !auth.sms.enable_confirmations,
      otpLength: smsOtpLength,
      testOtps: auth.sms.test_otp,
    },
    mfa: {
      maxEnrolledFactors: auth.mfa.max_enrolled_factors,
      totp: {
        enrollEnabled: auth.mfa.totp.enroll_enabled,
        verifyEnabled: auth.mfa.totp.verify_enabled,
      },
    },
    external: await readExternalSettings(config, auth.external),
    hooks: await readHooksSettings(config, auth.hook),
  };
}
