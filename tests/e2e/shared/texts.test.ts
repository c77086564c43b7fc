/** Texts and languages as people's phones and browsers send them, through the SDK. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from '../../helpers/people.ts';
import { makeUser, testStack } from '../../helpers/stack.ts';

let meera: Person;

beforeAll(async () => {
  meera = await person(undefined, {
    market: 'localpro',
    language: 'hi-IN',
    display_name: '\u202Eareem\u200B',
  });
});
afterAll(() => meera[Symbol.asyncDispose]());

const profileOf = async ({ karigar, userId }: Person) => {
  const answer = await karigar.supabase.from('profiles').select().eq('id', userId).single();
  return answer.data;
};

test('a sign-up keeps the language of a browser, and of a name what can be seen', async () => {
  expect(await profileOf(meera)).toMatchObject({ language: 'hi', display_name: 'areem' });
});

test('profiles, wishes and the search read tags of languages', async () => {
  const { supabase, rpc } = meera.karigar;
  for (const [tag, language] of [
    ['ur-Arab-PK', 'ur'],
    ['kk_KZ', 'kk'],
    ['EN-us', 'en'],
    ['hin', 'hi'],
  ] as const) {
    await supabase.from('profiles').update({ language: tag }).eq('id', meera.userId).throwOnError();
    await supabase
      .from('preferences')
      .upsert({ user_id: meera.userId, language: tag })
      .throwOnError();
    const wishes = await supabase.from('preferences').select('language').single();
    expect([(await profileOf(meera))?.language, wishes.data?.language]).toEqual([
      language,
      language,
    ]);
  }
  const search = { market: 'localpro', page_size: 1 };
  const [browser, code] = await Promise.all([
    rpc.searchProviders({ ...search, language: 'hi-IN' }),
    rpc.searchProviders({ ...search, language: 'hi' }),
  ]);
  expect(browser.items).toEqual(code.items);
  await expect(rpc.searchProviders({ ...search, language: 'Hindi!' })).rejects.toMatchObject({
    reason: 'invalid_language',
  });
});

test('a NUL in a text is a wrong argument, wherever it stands', async () => {
  const { rpc, supabase } = meera.karigar;
  const nul = 'a\u0000b';
  for (const call of await Promise.allSettled([
    rpc.searchProviders({ market: 'localpro', query: nul }),
    rpc.registerDevice({ platform: 'web', push_token: nul }),
    rpc.createProvider({
      market: 'localpro',
      names: { en: nul },
      categories: ['plumbing'],
      location: { address: 'Gomti Nagar', lat: 26.85, lng: 81 },
      kind: 'solo',
    }),
  ])) {
    expect(call).toMatchObject({ reason: { reason: 'invalid_arguments', status: 400 } });
  }
  const direct = await supabase
    .from('profiles')
    .update({ display_name: nul })
    .eq('id', meera.userId);
  expect([direct.status, direct.error?.code]).toEqual([400, '22P05']);
});

test('a function of the edge refuses it too', async () => {
  const stack = await testStack();
  const admin = await makeUser();
  const service = stack.client(stack.secretKey);
  await service.from('user_roles').insert({ user_id: admin.id, role: 'admin' }).throwOnError();
  const answer = await fetch(`${stack.url}/functions/v1/admin/users/${randomUUID()}/block`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${admin.accessToken}`,
    },
    body: JSON.stringify({ reason: 'a\u0000b' }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([400, { details: 'invalid_request' }]);
  await service.from('user_roles').delete().eq('user_id', admin.id).throwOnError();
});
