/** Runs the saved queries for Studio as they are, over rows that each of them should find. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Row, type Sql } from 'postgres';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectDir } from '../../../scripts/paths.ts';
import {
  applyMigrations,
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../scripts/scratch-database.ts';

const read = (file: string) => readFile(join(projectDir, file), 'utf8');
const files = globSync('sql/studio/*.sql', { cwd: projectDir }).sort();

/** A customer who complains about one of two businesses, and whom an admin then blocks. */
const events = `
  select tests.user('owner'), tests.user('asha'), tests.user('boss');
  insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
  update auth.users set phone = '919876543210' where id = tests.id('asha');
  insert into auth.users (id, phone, deleted_at) values (tests.id('twin'), '9109876543210', now());
  update auth.users set deleted_at = null where id = tests.id('twin');
  select tests.provider('firm', 'owner'), tests.provider('new firm', 'owner');
  update providers set status = 'pending', verification_status = 'pending'
  where id = tests.id('new firm');
  create temporary table booked as select tests.book('firm', 'asha', '2 hours') as id;
  grant select on booked to authenticated;
  select tests.act_as('owner');
  select transition_booking(id::text, 'confirmed') from booked;
  select tests.let_pass(id) from booked;
  select transition_booking(id::text, 'in_progress') from booked;
  select tests.act_as('asha');
  select transition_booking(id::text, 'disputed', 'The tap still drips.') from booked;
  select start_conversation('booking', booking_id => id::text) from booked;
  select tests.act_as('boss');
  select review_provider(tests.id('new firm')::text);
  select block_user(tests.id('asha')::text, 'Abuse');
  select tests.act_as_postgres();
  -- Today, wherever the day has begun.
  update bookings set starts_at = private.now(), ends_at = private.now() + interval '1 hour';
`;

let database: ScratchDatabase;
let sql: Sql;
const found = new Map<string, Row[]>();

beforeAll(async () => {
  database = await createScratchDatabase();
  await applyMigrations(database);
  sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  const paths = globSync('tests/helpers/*.sql', { cwd: projectDir }).sort();
  const helpers = await Promise.all(paths.map(read));
  await sql.unsafe(`begin;\n${helpers.join('\n')}\n${events}`).simple();
  for (const file of files) {
    found.set(file.replace(/^sql\/studio\/(.*)\.sql$/, '$1'), await sql.unsafe(await read(file)));
  }
  await sql.unsafe('rollback');
});
afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

describe('the queries for Studio', () => {
  test('are all here', () => {
    expect([...found.keys()]).toEqual([
      'complaints',
      'misspelled_phones',
      'todays_bookings',
      'user_story',
      'verification_queue',
    ]);
  });

  test('the verification queue shows who waits, and for whom', () => {
    expect(found.get('verification_queue')).toMatchObject([
      {
        market: 'localpro',
        name: 'new firm',
        verification_status: 'under_review',
        owner: 'owner',
        owner_email: 'owner@example.test',
        categories: 'works',
        services: '1',
        decided_before: expect.stringContaining('review_provider'),
      },
    ]);
  });

  test("today's bookings show where to be, and when", () => {
    expect(found.get('todays_bookings')).toMatchObject([
      {
        status: 'disputed',
        business: 'firm',
        customer: 'asha',
        phone: '919876543210',
        services: 'visit',
        starts: expect.stringMatching(/^\d\d:\d\d$/),
      },
    ]);
  });

  test('a SIM with two accounts is found', () => {
    expect(found.get('misspelled_phones')).toMatchObject([
      {
        phone: '9109876543210',
        right_spelling: '+919876543210',
        other_account: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
  });

  test('complaints show both sides', () => {
    expect(found.get('complaints')).toMatchObject([
      {
        complaint: 'The tap still drips.',
        complaints_of_customer: '1',
        complaints_about_business: '1',
        business: 'firm',
        history: expect.stringMatching(/requested[\s\S]*in_progress[\s\S]*disputed \(The tap/),
        messages: expect.stringMatching(/^\d+$/),
      },
    ]);
  });

  test("a user's story tells everything, the latest first", () => {
    const story = found.get('user_story') ?? [];
    expect(story.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'admin: block_user',
        'began to talk',
        'moved a booking to disputed',
        'booked',
        'signed up',
      ]),
    );
    const times = story.map(({ at }) => Number(at));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });
});
