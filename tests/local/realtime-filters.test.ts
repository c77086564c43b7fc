import { postgresChangesFilter } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Notes, type Row, startNotes } from './realtime-changes-fixture.ts';
import { eventually, type TestRealtime } from './realtime-fixture.ts';

let realtime: TestRealtime;
let subscriber: Notes['subscriber'];
let insert: Notes['insert'];
beforeAll(async () => {
  ({ realtime, subscriber, insert } = await startNotes());
}, 120_000);
afterAll(() => realtime?.stop());

describe('filters', () => {
  const matching = (owner: string) => ({
    owner_id: owner,
    value: 'hello, (world) "x"',
    details: 'keep',
    nullable_value: null,
    amount: 10,
    mood: 'glad',
    done: true,
    at: '2026-01-02T00:00:00Z',
  });
  const f = postgresChangesFilter;

  it.each<[string, string | ReturnType<typeof f>, Row]>([
    ['eq', f().eq('value', 'hello, (world) "x"'), { value: 'hello' }],
    ['eq as numbers, not as text', 'amount=eq.10', { amount: 100 }],
    ['eq of an enum', 'mood=eq.glad', { mood: 'sad' }],
    ['eq of a time in another zone', 'at=eq.2026-01-02 05:30:00+05:30', { at: '2026-01-03' }],
    ['neq', f().neq('details', 'skip'), { details: 'skip' }],
    ['neq, which null does not pass', f().neq('details', 'skip'), { details: null }],
    ['lt', f().lt('amount', 11), { amount: 11 }],
    ['lte', f().lte('amount', 10), { amount: 11 }],
    ['gt', f().gt('amount', 9), { amount: 9 }],
    ['gte', f().gte('at', '2026-01-02'), { at: '2026-01-01' }],
    ['in', f().in('value', ['x', 'hello, (world) "x"']), { value: 'hello' }],
    ['in of numbers', f().in('amount', [1, 10]), { amount: 2 }],
    ['like', f().like('value', 'hello%'), { value: 'Hello' }],
    ['ilike', f().ilike('value', 'HELLO%'), { value: 'no' }],
    ['match', f().match('value', '^hel+o'), { value: 'heo' }],
    ['imatch', f().imatch('value', '^HEL+O'), { value: 'heo' }],
    ['is null', f().is('nullable_value', null), { nullable_value: 'v' }],
    ['is true', f().is('done', true), { done: false }],
    ['isdistinct', f().isDistinct('details', 'other'), { details: 'other' }],
    ['not', f().not('details', 'eq', 'skip'), { details: 'skip' }],
    ['not in', f().not('amount', 'in', [1, 2]), { amount: 2 }],
    ['not is null', f().not('details', 'is', null), { details: null }],
    [
      'several at once',
      f().gte('amount', 10).lte('amount', 10).like('details', 'k%'),
      { amount: 9 },
    ],
  ])('%s', async (_, filter, decoy) => {
    const { id, channel, heard, client } = await subscriber({ event: 'INSERT', filter });
    await insert({ ...matching(id), ...decoy });
    const wanted = await insert(matching(id));
    await eventually(() => heard.length > 0, 'change');
    expect(heard.map((change) => Object(change.new).id)).toEqual([wanted]);
    await client.removeChannel(channel);
  });

  it.each([
    ['unknown operators', { filter: 'value=foo.x' }, 'Error parsing `filter` params'],
    ['an unknown column', { filter: 'nothing=eq.x' }, 'invalid column for filter nothing'],
    ['a column one may not read', { filter: 'secret=eq.x' }, 'invalid column for filter secret'],
    ['a value of another type', { filter: 'amount=eq.x' }, 'invalid input syntax for type bigint'],
    ['an operator without meaning', { filter: 'amount=like.x' }, 'operator does not exist'],
    ['a broken pattern', { filter: 'value=match.(' }, 'invalid regular expression'],
    ['a list without parentheses', { filter: 'amount=in.1' }, 'must be wrapped by parentheses'],
    ['SQL in a value', { filter: "amount=eq.1'; drop table x; --" }, 'invalid input syntax'],
    ['SQL in a column', { filter: 'amount" or true --=eq.1' }, 'invalid column for filter'],
    ['an unknown column to select', { select: ['id', 'nothing'] }, 'invalid column for select'],
    ['an unpublished table', { table: 'unpublished' }, 'Please check Realtime is enabled'],
  ])('refuse %s', async (_, wish, message) => {
    await expect(subscriber(wish)).rejects.toThrow(message);
  });
});
