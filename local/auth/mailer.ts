/** E-mails of the auth service. The stack sends none: they can be read in the inbox. */
import type { Inbox } from '../inbox.ts';

export type MailType =
  | 'signup'
  | 'invite'
  | 'magiclink'
  | 'recovery'
  | 'email_change'
  | 'reauthentication';

export interface Mail {
  readonly type: MailType;
  readonly to: string;
  readonly otp: string;
  /** Goes into the link; absent where only the code counts. */
  readonly tokenHash?: string;
  readonly redirectTo: string;
}

export interface Mailer {
  send(mail: Mail): void;
  actionLink(mail: Pick<Mail, 'type' | 'redirectTo'> & { tokenHash: string }): string;
}

const subjects: Record<MailType, string> = {
  signup: 'Confirm your email address',
  invite: 'You have been invited',
  magiclink: 'Your sign-in link',
  recovery: 'Reset your password',
  email_change: 'Confirm your new email address',
  reauthentication: 'Confirm that it is you',
};

export function createMailer(inbox: Inbox, url: string): Mailer {
  const actionLink: Mailer['actionLink'] = ({ type, tokenHash, redirectTo }) => {
    const query = new URLSearchParams({ token: tokenHash, type, redirect_to: redirectTo });
    return `${url}/auth/v1/verify?${query}`;
  };
  return {
    actionLink,
    send({ type, to, otp, tokenHash, redirectTo }) {
      const lines = [`${subjects[type]}.`, `Your code: ${otp}`];
      if (tokenHash)
        lines.push(`Or follow this link: ${actionLink({ type, tokenHash, redirectTo })}`);
      inbox.add({ channel: 'email', to, subject: subjects[type], body: lines.join('\n\n') });
    },
  };
}
