/** `[auth.hook.<name>]` in config.toml: functions that Auth asks, over HTTP or in the database. */
import { z } from 'zod';
import type { StackConfig } from '../../config.ts';
import { projectEnvironment, resolveValue } from '../../env-files.ts';

const sectionSchema = z.looseObject({
  enabled: z.boolean().default(false),
  uri: z.string().default(''),
  secrets: z.string().default(''),
});
export const hooksSchema = z
  .looseObject({ send_sms: sectionSchema, before_user_created: sectionSchema })
  .partial()
  .prefault({});

export interface HookSettings {
  readonly uri: string;
  /** `v1,whsec_<base64>`; several with `|` between them. Hooks in the database have none. */
  readonly secrets: string;
}

export interface HooksSettings {
  readonly sendSms: HookSettings;
  /** Null where it is off. */
  readonly beforeUserCreated: HookSettings | null;
}

export async function readHooksSettings(
  config: Pick<StackConfig, 'projectDir' | 'url'>,
  sections: z.infer<typeof hooksSchema>,
): Promise<HooksSettings> {
  const environment = await projectEnvironment(config.projectDir);
  const settingsOf = ({ uri, secrets }: z.infer<typeof sectionSchema>): HookSettings => {
    // A hook that is a function of this project is reached at the stack's own address.
    const { pathname } = new URL(uri);
    const isOwn = pathname.startsWith('/functions/v1/');
    return {
      uri: isOwn ? config.url + pathname : uri,
      secrets: resolveValue(secrets, environment),
    };
  };
  const { send_sms: sendSms, before_user_created: beforeUserCreated } = sections;
  return {
    sendSms: settingsOf({
      ...sectionSchema.parse(sendSms ?? {}),
      uri: sendSms?.uri || `${config.url}/functions/v1/otp`,
    }),
    beforeUserCreated: beforeUserCreated?.enabled ? settingsOf(beforeUserCreated) : null,
  };
}
