-- What was checked is checked anew when it changes.
begin;
select plan(44);
select tests.user(name) from unnest(array['owner', 'friend', 'chief', 'asha']) as name;
update auth.users set email_confirmed_at = now();
insert into user_roles (user_id, role) values (tests.id('chief'), 'admin');
select tests.provider('shop', 'owner');
insert into provider_photos (provider_id, path, kind, is_verified)
select tests.id('shop'), tests.id('shop') || '/' || kind || '.png', kind, true
from unnest(array['portfolio', 'certificate']) as kind;
insert into provider_skills (provider_id, name, is_verified)
values (tests.id('shop'), 'Welding', true);
update services set is_featured = true where id = tests.id('shop visit');
insert into provider_categories (provider_id, category_id)
values (tests.id('shop'), tests.category('gardens'));
insert into storage.objects (bucket_id, name, version)
select 'provider-photos', path, '1' from provider_photos
union all
values ('provider-photos', tests.id('shop') || '/qr.png', '1');
update providers
set payment_qr_path = id || '/qr.png', background_checked_at = now()
where id = tests.id('shop');
update provider_photos set is_verified = true;

create function tests.state()
returns text
language sql
security definer
as $$
  select status || ' ' || verification_status from public.providers where id = tests.id('shop')
$$;
-- Whether the flag survives what the owner, or the platform, does.
create function tests.keeps(statement text, actor text default 'owner')
returns boolean
language plpgsql
as $$
declare
  v_kept boolean;
begin
  begin
    update public.providers
    set verification_status = 'verified', background_checked_at = now()
    where id = tests.id('shop');
    update public.provider_photos set is_verified = true where kind = 'portfolio';
    update public.services set is_featured = true where id = tests.id('shop visit');
    if actor = 'owner' then
      perform tests.act_as('owner');
    end if;
    execute replace(statement, '%id', format('%L', tests.id('shop')));
    perform tests.act_as_postgres();
    v_kept := (select verification_status = 'verified' from providers where id = tests.id('shop'))
      and coalesce(
        (select is_verified from provider_photos where path like '%/portfolio.png'), true
      )
      and (select is_featured from services where id = tests.id('shop visit'));
    raise exception 'undo';
  exception when raise_exception then
  end;
  return v_kept;
end;
$$;
grant execute on all functions in schema tests to anon, authenticated;

select is(tests.keeps(statement), expected, regexp_replace(statement, '\s+', ' ', 'g'))
from (
  values
    ('update providers set names = ''{"en": "Government"}'' where id = %id', false),
    ('update providers set kind = ''company'' where id = %id', false),
    ('update providers set vertical_id = ''plumbing'' where id = %id', false),
    ('update providers set address = ''Elsewhere'' where id = %id', false),
    ('update providers set postcode = ''226010'' where id = %id', false),
    ('update providers set city = ''Kanpur'' where id = %id', false),
    ('update providers set payment_link = ''https://pay.me/x'' where id = %id', false),
    ('update providers set payment_qr_path = null where id = %id', false),
    ('update providers set descriptions = ''{"en": "Since 2009"}'' where id = %id', true),
    ('update providers set buffer_minutes = 15, lead_minutes = 60 where id = %id', true),
    ('update providers set names = names, address = address || '' '' where id = %id', true),
    ('update provider_photos set kind = ''certificate'' where path like ''%portfolio%''', false),
    (
      'update provider_photos set captions = ''{"en": "Government licence"}''
       where path like ''%portfolio%''', false
    ),
    ('update provider_photos set sort_order = 5 where path like ''%portfolio%''', true),
    ('update services set names = ''{"en": "Loans"}'' where provider_id = %id', false),
    (
      'update services set category_id = tests.id(''category gardens'') where provider_id = %id',
      false
    ),
    ('update services set price_amount = 1, sort_order = 2 where provider_id = %id', true)
) as tried (statement, expected);
select is(
  tests.keeps(statement, 'platform'), expected, regexp_replace(statement, '\s+', ' ', 'g')
)
from (
  values
    (
      'update storage.objects set version = ''2'', metadata = ''{"size": 9}''
       where name like ''%portfolio.png''', false
    ),
    ('update storage.objects set last_accessed_at = now() where name like ''%png''', true),
    (
      'update storage.objects set name = replace(name, ''certificate'', ''portfolio'') || ''.png''
       where name like ''%certificate.png''', true
    ),
    (
      'update storage.objects set name = name || ''.png'' where name like ''%portfolio.png''',
      false
    ),
    ('update storage.objects set version = ''2'' where name like ''%qr.png''', false),
    ('update storage.objects set version = ''2'' where name like ''%certificate.png''', true),
    ('update providers set location = private.point(26.9, 81) where id = %id', false),
    ('update providers set rating_average = 5, rating_count = 1 where id = %id', true),
    (
      'update services set names = ''{"en": "Loans"}'', is_featured = true where provider_id = %id',
      false
    )
) as tried (statement, expected);

-- Deleted files
select set_config('storage.allow_delete_query', 'true', true);
select ok(
  not tests.keeps('delete from storage.objects where name like ''%portfolio.png''', 'platform'),
  'a file that is deleted was another than the next of its name'
);
select ok(
  not tests.keeps('delete from storage.objects where name like ''%qr.png''', 'platform'),
  'as with payment codes'
);

-- Who writes both has looked.
update provider_photos set kind = 'portfolio', is_verified = false where kind = 'certificate';
update provider_photos set kind = 'certificate', is_verified = true where path like '%certificate%';
select ok(
  (select is_verified from provider_photos where kind = 'certificate'),
  'the platform may check what it changes'
);
update provider_skills set name = 'Surgery' where name = 'Welding';
select ok(
  not (select is_verified from provider_skills where name = 'Surgery'), 'a skill by another name'
);

-- What follows from it
select tests.act_as('owner');
update providers set names = '{"en": "Shop of others"}' where id = tests.id('shop');
select is(tests.state(), 'active pending', 'a business by another name is open, and unverified');
select tests.act_as_anon();
select is(
  (
    select item ->> 'is_verified'
    from jsonb_array_elements(search_providers('localpro', query => 'others') -> 'items') as item
    where item ->> 'provider_id' = tests.id('shop')::text
  ),
  'false', 'search says so'
);
select tests.act_as('chief');
select is(
  list_verification_queue('localpro') #>> '{items,0,id}', tests.id('shop')::text,
  'it waits in the queue'
);
select is(review_provider(tests.id('shop')::text) ->> 'verification_status', 'under_review', '…');
select tests.act_as('owner');
update providers set payment_link = 'https://pay.me/other' where id = tests.id('shop');
select is(tests.state(), 'active pending', 'what changes under review is reviewed anew');
select tests.act_as_postgres();
select is(
  (select background_checked_at from providers where id = tests.id('shop')), null,
  'nor was the background of the other name checked'
);

-- Another owner
update providers set verification_status = 'verified', background_checked_at = now()
where id = tests.id('shop');
select tests.act_as('owner');
select invite_member(tests.id('shop')::text, 'manager', null, 'friend@example.test');
select tests.act_as('friend');
select accept_invitation(list_invitations() #>> '{items,0,id}');
select is(tests.state(), 'active verified', 'a manager changes nothing about who it is');
select isnt(
  (select background_checked_at from providers where id = tests.id('shop')), null,
  'nor about what was found of the owner'
);
select tests.act_as('owner');
select change_member_role(tests.id('shop')::text, tests.id('friend')::text, 'owner');
select is(tests.state(), 'active pending', 'another owner does');
select is(
  (select background_checked_at from providers where id = tests.id('shop')), null,
  'whose background nobody knows'
);

-- What was looked at is what is verified.
select tests.act_as('chief');
create temporary table seen as
select list_verification_queue('localpro') #>> '{items,0,fingerprint}' as fingerprint;
create function pg_temp.verify()
returns text
language sql
as $$
  select tests.outcome(format(
    'select verify_provider(%L, null, %L)', tests.id('shop'),
    (select fingerprint from pg_temp.seen)
  ))
$$;
select tests.act_as('owner');
update providers set payment_link = 'https://pay.me/another' where id = tests.id('shop');
select tests.act_as('chief');
select is(pg_temp.verify(), 'PT409 provider_changed', 'a business that has changed is not');
select tests.act_as('owner');
update providers set payment_link = 'https://pay.me/other', buffer_minutes = 45
where id = tests.id('shop');
select tests.act_as_postgres();
update providers set payment_qr_path = id || '/code.png' where id = tests.id('shop');
select tests.act_as('chief');
select is(pg_temp.verify(), 'PT409 provider_changed', 'nor with another payment code');
update seen set fingerprint = list_verification_queue('localpro') #>> '{items,0,fingerprint}';
select tests.act_as_postgres();
insert into storage.objects (bucket_id, name, version)
values ('provider-photos', tests.id('shop') || '/code.png', '1');
select tests.act_as('chief');
select is(pg_temp.verify(), 'PT409 provider_changed', 'or another picture of it');
update seen set fingerprint = list_verification_queue('localpro') #>> '{items,0,fingerprint}';
select is(pg_temp.verify(), 'ok', 'as it was seen, it is');

select * from finish();
rollback;
