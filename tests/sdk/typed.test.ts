/** What people type for phones and codes, as the SDK sends it to Auth. */
import { expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createKarigar, plainCode, plainPhone } from '../../types/index.ts';

function client() {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({}));
  const { supabase } = createKarigar({
    url: 'http://127.0.0.1:1',
    key: 'sb_publishable_test',
    realtime: { transport: WebSocket },
    auth: { persistSession: false },
    fetch,
  });
  const sent = () => JSON.parse(String(fetch.mock.lastCall?.[1]?.body));
  return { auth: supabase.auth, sent };
}

it.each([
  ['049282', '049282'],
  ['०४९२८२', '049282'],
  ['۰۴۹۲۸۲', '049282'],
  ['٠٤٩٢٨٢', '049282'],
  ['０４９２８２', '049282'],
  [' 049 282\n', '049282'],
  ['049\u00a0282', '049282'],
  ['049\u2011282', '049282'],
  ['\u202a049282\u202c', '049282'],
  ['no code', 'nocode'],
])('the code %j is %s', (typed, plain) => expect(plainCode(typed)).toBe(plain));

it.each([
  ['+91 98408 01222', '+919840801222'],
  ['+91-98408-01222', '+919840801222'],
  ['+91 (98408) 01222', '+919840801222'],
  ['+९१ ९८४०८ ०१२२२', '+919840801222'],
  ['＋９１（９８４０８）０１２２２', '+919840801222'],
  ['\u202a+91\u00a098408\u201101222\u202c', '+919840801222'],
  ['00 91 98408 01222', '+919840801222'],
  // The server knows what a 0 means where, and names the right spelling.
  ['+91 (0)98408 01222', '+9109840801222'],
  ['0712345678', '0712345678'],
])('the phone %j is %s', (typed, plain) => expect(plainPhone(typed)).toBe(plain));

it('Auth gets them plain', async () => {
  const { auth, sent } = client();
  const phone = '+९१ ९८४०८\u00a0०१२२२';
  await auth.signInWithOtp({ phone, options: { data: { phone } } });
  expect(sent()).toMatchObject({ phone: '+919840801222', data: { phone } });
  await auth.verifyOtp({ phone, token: '०४९ २८२', type: 'sms' });
  expect(sent()).toMatchObject({ phone: '+919840801222', token: '049282', type: 'sms' });
  await auth.verifyOtp({ email: 'a@example.com', token: '०४९ २८२', type: 'email' });
  expect(sent()).toMatchObject({ email: 'a@example.com', token: '049282' });
  await auth.resend({ phone, type: 'sms' });
  expect(sent()).toMatchObject({ phone: '+919840801222' });
});

it('and what is no code as it is', async () => {
  const { auth, sent } = client();
  const password = '०४९ २८२';
  await auth.signInWithPassword({ phone: '+91 98408-01222', password });
  expect(sent()).toMatchObject({ phone: '+919840801222', password });
  await auth.signInWithIdToken({ provider: 'google', token: 'a-b', nonce: '०४९ २८२' });
  expect(sent()).toMatchObject({ id_token: 'a-b', nonce: '०४९ २८२' });
  await auth.verifyOtp({ token_hash: 'pkce-०४९', type: 'email' });
  expect(sent()).toMatchObject({ token_hash: 'pkce-०४९' });
});
