/** A business shows itself, says where it works, and lets others work for it. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackClock } from '../../helpers/clock.ts';
import { bookSoon, type Person, person, submitFirm } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

let sql: postgres.Sql;
let owner: Person;
let visitor: Person;
let provider_id: string;

beforeAll(async () => {
  sql = postgres((await testStack()).databaseUrl, { max: 1, onnotice: () => {} });
  owner = await person(undefined, { market: 'localpro' });
  visitor = await person(undefined, { market: 'localpro' });
  provider_id = await submitFirm(owner, sql);
  await sql`update public.providers set status = 'active' where id = ${provider_id}`;
});
afterAll(async () => {
  for (const somebody of [owner, visitor]) await somebody[Symbol.asyncDispose]();
  await sql.end();
});

/** Whether a search at this place finds the business. */
async function isFound(search: { lat: number; lng: number; postcode?: string; district?: string }) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await visitor.karigar.rpc.searchProviders({
      market: 'localpro',
      radius_km: 5,
      page_size: 100,
      ...search,
      ...(cursor !== undefined && { cursor }),
    });
    ids.push(...page.items.map((item) => item.provider_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return ids.includes(provider_id);
}

const seat = { lat: 26.8547, lng: 81.0044 };
const kanpur = { lat: 26.4499, lng: 80.3319 };

describe('P1 the profile', () => {
  it('is filled by the business, and read by everybody', async () => {
    const { supabase } = owner.karigar;
    const profile = {
      descriptions: { en: 'Repairs since 2009.', hi: '2009 से मरम्मत।' },
      experience_years: 15,
      features: ['Warranty', 'Upfront price'],
      social_links: { instagram: 'https://www.instagram.com/gomti.repairs' },
      payment_link: 'https://razorpay.me/@gomtirepairs',
    };
    await supabase.from('providers').update(profile).eq('id', provider_id).throwOnError();
    const skills = ['Solar heaters', 'Pressure pumps'].map((name) => ({ provider_id, name }));
    await supabase.from('provider_skills').insert(skills).throwOnError();

    const anonymous = (await testStack()).client();
    const { data } = await anonymous
      .from('providers')
      .select('*, provider_skills(name, is_verified)')
      .eq('id', provider_id)
      .single()
      .throwOnError();
    expect(data).toMatchObject(profile);
    expect(data?.provider_skills).toEqual(
      expect.arrayContaining([{ name: 'Solar heaters', is_verified: false }]),
    );
    const found = await visitor.karigar.rpc.searchProviders({
      market: 'localpro',
      query: 'presure pump',
    });
    expect(found.items.map((item) => item.provider_id)).toContain(provider_id);

    for (const [change, reason] of [
      [{ experience_years: -1 }, 'invalid_experience_years'],
      [{ social_links: { instagram: 'javascript:alert(1)' } }, 'invalid_social_links'],
      [{ payment_link: 'javascript:alert(1)' }, 'invalid_payment_link'],
    ] as const) {
      const { error } = await supabase.from('providers').update(change).eq('id', provider_id);
      expect(error).toMatchObject({ code: 'PT400', details: reason });
    }
    const raised = await owner.karigar.supabase
      .from('providers')
      .update({ verification_status: 'verified' })
      .eq('id', provider_id);
    expect(raised.error?.code).toBe('42501');
  });

  it('shows pictures of work before and after, which everybody can load', async () => {
    const { supabase } = owner.karigar;
    const path = `${provider_id}/${randomUUID()}.png`;
    const bytes = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const bucket = supabase.storage.from('provider-photos');
    const uploaded = await bucket.upload(path, bytes, { contentType: 'image/png' });
    expect(uploaded.error).toBeNull();
    await supabase
      .from('provider_photos')
      .insert({ provider_id, path, kind: 'after', captions: { en: 'A new pump' } })
      .throwOnError();
    const { data } = await visitor.karigar.supabase
      .from('provider_photos')
      .select('kind, path, captions')
      .eq('provider_id', provider_id)
      .throwOnError();
    expect(data).toEqual([{ kind: 'after', path, captions: { en: 'A new pump' } }]);
    const { publicUrl } = bucket.getPublicUrl(path).data;
    expect(Buffer.from(await (await fetch(publicUrl)).arrayBuffer())).toEqual(bytes);

    const foreign = visitor.karigar.supabase.storage.from('provider-photos');
    const { error } = await foreign.upload(`${provider_id}/mine.png`, bytes, {
      contentType: 'image/png',
    });
    expect(error).toMatchObject({ statusCode: '403' });
    await foreign.remove([path]);
    expect((await fetch(publicUrl)).status).toBe(200);

    // A picture that the platform has checked is checked no more when its file is another one.
    await sql`update public.provider_photos set is_verified = true where path = ${path}`;
    const other = Buffer.concat([bytes, Buffer.from('other')]);
    const changed = await bucket.upload(path, other, { contentType: 'image/png', upsert: true });
    expect(changed.error).toBeNull();
    const [photo] = await sql`
      select is_verified from public.provider_photos where path = ${path}
    `;
    expect(photo).toEqual({ is_verified: false });
  });
});

describe('P2 service areas', () => {
  const areas = (rows: readonly object[]) =>
    owner.karigar.supabase
      .from('service_areas')
      .insert(rows.map((row) => ({ provider_id, ...row })) as never)
      .throwOnError();
  const clear = () =>
    owner.karigar.supabase
      .from('service_areas')
      .delete()
      .eq('provider_id', provider_id)
      .throwOnError();

  it('move a business to where it serves, by each kind of area', async () => {
    expect(await isFound(seat)).toBe(true);
    expect(await isFound(kanpur)).toBe(false);

    await areas([{ kind: 'radius', ...kanpur, radius_km: 10 }]);
    expect(await isFound(kanpur)).toBe(true);
    expect(await isFound(seat)).toBe(false);
    await clear();

    const { lat, lng } = kanpur;
    const points = [
      [lat - 0.1, lng - 0.1],
      [lat - 0.1, lng + 0.1],
      [lat + 0.1, lng],
    ];
    await areas([{ kind: 'polygon', points }]);
    expect(await isFound(kanpur)).toBe(true);
    expect(await isFound({ lat: lat + 0.09, lng: lng + 0.09 })).toBe(false);
    await clear();

    await areas([
      { kind: 'postcodes', postcodes: ['208 001'] },
      { kind: 'districts', districts: ['Kanpur Nagar'] },
    ]);
    expect(await isFound({ ...kanpur, postcode: '208001' })).toBe(true);
    expect(await isFound({ ...kanpur, district: 'kanpur nagar' })).toBe(true);
    expect(await isFound({ ...kanpur, postcode: '208002' })).toBe(false);
    await clear();
    expect(await isFound(seat)).toBe(true);
  });
});

describe('P7 statistics', () => {
  it('count jobs, answers and how soon they came, for the business alone', async () => {
    const { supabase, rpc } = owner.karigar;
    const { data: service } = await supabase
      .from('services')
      .select('id')
      .eq('provider_id', provider_id)
      .single()
      .throwOnError();
    const book = () =>
      bookSoon(visitor, {
        provider_id,
        service_ids: [service.id],
        location: { address: 'Vipin Khand, Gomti Nagar', ...seat },
      });
    const [done, declined] = [await book(), await book()];
    await rpc.transitionBooking({ booking_id: declined.id, to_status: 'declined', reason: 'Away' });
    await using clock = await stackClock();
    for (const to_status of ['confirmed', 'in_progress', 'completed'] as const) {
      if (to_status === 'in_progress') await clock.letPass(done.id);
      await rpc.transitionBooking({ booking_id: done.id, to_status });
    }
    const { data } = await supabase
      .from('provider_statistics')
      .select()
      .eq('provider_id', provider_id)
      .single()
      .throwOnError();
    expect(data).toMatchObject({
      job_count: 1,
      completed_count: 1,
      completion_rate: 1,
      request_count: 2,
      declined_count: 1,
      acceptance_rate: 0.5,
      response_seconds_average: expect.toSatisfy((seconds) => seconds < 60),
    });
    const foreign = await visitor.karigar.supabase
      .from('provider_statistics')
      .select('job_count')
      .eq('provider_id', provider_id);
    expect(foreign.data).toEqual([]);
  });
});

describe('P3 members', () => {
  it('join by an invitation to their phone, act for the business, and are removed', async () => {
    const phone = newPhone();
    const { rpc } = owner.karigar;
    const invitation = await rpc.inviteMember({ provider_id, role: 'manager', phone });
    expect(invitation).toMatchObject({ status: 'pending', role: 'manager', phone });
    await expect(
      visitor.karigar.rpc.acceptInvitation({ invitation_id: invitation.id }),
    ).rejects.toMatchObject({ reason: 'invitation_not_found' });

    const member = await person(phone, { market: 'localpro' });
    const change = () =>
      member.karigar.supabase
        .from('providers')
        .update({ landmark: 'Near the lake' })
        .eq('id', provider_id)
        .select('landmark');
    expect((await change()).data).toEqual([]);
    const accepted = await member.karigar.rpc.acceptInvitation({ invitation_id: invitation.id });
    expect(accepted.status).toBe('accepted');
    expect((await change()).data).toEqual([{ landmark: 'Near the lake' }]);

    await expect(
      member.karigar.rpc.removeMember({ provider_id, user_id: owner.userId }),
    ).rejects.toMatchObject({ status: 403 });
    await rpc.changeMemberRole({ provider_id, user_id: member.userId, role: 'crew_member' });
    expect((await change()).data).toEqual([]);
    await rpc.removeMember({ provider_id, user_id: member.userId });
    await expect(rpc.removeMember({ provider_id, user_id: owner.userId })).rejects.toMatchObject({
      reason: 'last_owner',
    });
    await member[Symbol.asyncDispose]();
  });

  it('two owners who leave at once leave one behind', async () => {
    const phone = newPhone();
    const second = await person(phone, { market: 'localpro' });
    const { id } = await owner.karigar.rpc.inviteMember({ provider_id, role: 'owner', phone });
    await second.karigar.rpc.acceptInvitation({ invitation_id: id });
    const outcomes = await Promise.allSettled([
      owner.karigar.rpc.removeMember({ provider_id, user_id: owner.userId }),
      second.karigar.rpc.removeMember({ provider_id, user_id: second.userId }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [{ count } = { count: 0 }] = await sql<{ count: number }[]>`
      select count(*)::int as count from public.provider_members
      where provider_id = ${provider_id} and role = 'owner'
    `;
    expect(count).toBe(1);
    await second[Symbol.asyncDispose]();
  });
});
