/** An invitation by e-mail is for whoever can read that mailbox. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { place } from '../../helpers/people.ts';
import { makeUser, type TestStack, testStack } from '../../helpers/stack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await testStack();
});

it('is not for somebody who only claims the address', async () => {
  const owner = await makeUser();
  const { data: firm } = await owner.client.rpc('create_provider', {
    market: 'localpro',
    names: { en: 'Invited Works' },
    location: place,
    categories: ['plumbing'],
  });
  const email = `${randomUUID()}@example.org`;
  const invited = await owner.client.rpc('invite_member', {
    provider_id: firm.id,
    role: 'owner',
    email,
  });
  expect(invited.error).toBeNull();

  const claimant = stack.client();
  const signedUp = await claimant.auth.signUp({ email, password: `${randomUUID()}A1` });
  expect(signedUp.error).toBeNull();
  expect(signedUp.data.session).toBeNull();
  const early = await claimant.rpc('accept_invitation', { invitation_id: invited.data.id });
  expect(early.error?.code).toBe('42501');

  const [mail] = await stack.inbox({ to: email, channel: 'email' });
  const [token = ''] = /\b\d{6}\b/.exec(mail?.body ?? '') ?? [];
  expect((await claimant.auth.verifyOtp({ email, token, type: 'email' })).error).toBeNull();
  const accepted = await claimant.rpc('accept_invitation', { invitation_id: invited.data.id });
  expect(accepted.data).toMatchObject({ status: 'accepted', role: 'owner' });
});
