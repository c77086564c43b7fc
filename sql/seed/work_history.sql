-- Demo data, after that of the markets: what the businesses of all five have done so far, and what
-- their customers think of it. Made move by move, through the triggers that every booking goes
-- through; only the clock of the moves is set back afterwards. Safe to run again.

-- A business's visits, the latest first, spread over its time with us: the stars that its customer
-- gave, - for none, x where the business called off, c where the customer did, n where it did not
-- come. minutes: how long it takes to answer a request; appointments need no answer. One business
-- of each market has enough reviews for a trend, which goes down for the painters and the garage.
create temporary table seed_visits as
with visits as (
  select
    row.market_id, row.minutes, visit.mark, visit.no::integer as no,
    provider.id as provider_id, right(provider.id::text, 3)::integer as provider_no,
    (
      left(provider.id::text, 5) || 'e00-0000-4000-8000-0000000' || right(provider.id::text, 3)
        || lpad(visit.no::text, 2, '0')
    )::uuid as booking_id,
    row_number() over (partition by row.market_id order by row.slug, visit.no) as turn,
    length(row.marks) as visit_count,
    extract(day from private.now() - provider.created_at)::integer as days
  from (
    values
      ('bihar', 'kankarbagh-bijli-ghar', 6, '55545-5555434x43'),
      ('bihar', 'sah-electric-works', 9, '55c4'), ('bihar', 'jha-inverter-care', 20, '45'),
      ('bihar', 'irfan-fan-centre', 14, '5-4'), ('bihar', 'paswan-wiring-danapur', 50, '4x'),
      ('bihar', 'thakur-light-house', 35, '5'), ('bihar', 'yadav-motor-pump', 25, 'n3'),
      ('bihar', 'ranjan-cooling-point', 12, '54'), ('bihar', 'mishra-electricals', 70, '3'),
      ('bihar', 'patna-quick-electricians', 3, '55'),
      ('baitech', 'otieno-electricals', 5, '55c4'),
      ('baitech', 'mwangi-fundi-bomba', 8, '5545555c45544343'),
      ('baitech', 'amina-usafi', 15, '5-'), ('baitech', 'kiprotich-phone-clinic', 4, '554'),
      ('baitech', 'njeri-braids', 12, '5'), ('baitech', 'noor-movers', 45, 'x3'),
      ('baitech', 'achieng-appliances', 30, '45'), ('baitech', 'mutua-seremala', 90, '4n'),
      ('baitech', 'wambui-rangi', 60, '4'), ('baitech', 'omondi-power', 6, '53'),
      ('localpro', 'master-plumber-services', 5, '555455555544343'),
      ('localpro', 'reliable-electrician', 9, '555'), ('localpro', 'sharma-woodcraft', 60, '4x'),
      ('localpro', 'ansari-plumbing-works', 14, '54'), ('localpro', 'chamak-cleaning', 35, '-3'),
      ('localpro', 'qureshi-caterers', 25, '55'), ('localpro', 'meena-beauty-home', 18, '4'),
      ('localpro', 'anjali-maths-classes', 10, '5'), ('localpro', 'zoya-yoga-studio', 12, '5-'),
      ('localpro', 'gupta-rang-mahal-painters', 75, '3433c43433555'),
      ('localpro', 'kavita-tax-desk', 22, '5'),
      ('atyrau', 'aizhan-studio', 0, '5555455c5554433'), ('atyrau', 'serikov-auto', 0, '54'),
      ('atyrau', 'kim-dental', 0, '555-4'), ('atyrau', 'barber-yesenov', 0, '55'),
      ('atyrau', 'belova-nails', 0, '5'), ('atyrau', 'tleuov-sto', 0, '343343n3434555'),
      ('atyrau', 'taza-ui', 0, '-3'), ('atyrau', 'pavlov-master', 0, 'n4'),
      ('atyrau', 'khamitov-fit', 0, '45'), ('atyrau', 'english-with-timur', 0, '5'),
      ('servicepro', 'southern-lawn-care', 0, '555554-55544343'),
      ('servicepro', 'vulcan-heating-air', 0, '54'),
      ('servicepro', 'magic-city-plumbing', 0, '5-4'),
      ('servicepro', 'carter-clean-homes', 0, '55'), ('servicepro', 'red-mountain-tree', 0, '4x'),
      ('servicepro', 'brooks-roofing', 0, 'n3'), ('servicepro', 'sullivan-decks', 0, '4'),
      ('servicepro', 'torres-cleaning-crew', 0, '43'), ('servicepro', 'coleman-electric', 0, '5')
  ) as row (market_id, slug, minutes, marks)
  join public.providers as provider
    on provider.market_id = row.market_id and provider.slug = row.slug
  cross join lateral regexp_split_to_table(row.marks, '') with ordinality as visit (mark, no)
)
select
  visits.*,
  customer.user_id as customer_id,
  customer.language,
  (
    select service.id
    from public.services as service
    where service.provider_id = visits.provider_id
    order by service.sort_order = 1 + visits.no % 2 desc, service.sort_order
    limit 1
  ) as service_id,
  -- At nine by the clock of the market or somewhat later; the latest within the last days.
  (
    date_trunc('day', private.now() at time zone market.time_zone)
      - make_interval(days =>
        3 + visits.provider_no % 4 + (visits.no - 1) * ((visits.days - 9) / visits.visit_count)
      )
      + make_interval(hours => 9 + visits.turn::integer % 8)
  ) at time zone market.time_zone as starts_at,
  -- Agreed and called off is what lies ahead, done what is over: they begin far ahead.
  interval '3650 days' as ahead,
  -- Home visits lead to customers where the business works; the others come.
  place.*
from visits
join public.markets as market on market.id = visits.market_id
join (
  select
    profile.id as user_id, profile.market_id, profile.language,
    row_number() over (partition by profile.market_id order by profile.id) as turn,
    count(*) over (partition by profile.market_id) as turns
  from public.profiles as profile
  where profile.id::text ~ '^.{5}a00-0000-4000-8000-0000000002..$'
) as customer
  on customer.market_id = visits.market_id
  and customer.turn = 1 + (visits.turn + 4) % customer.turns
join public.addresses as home on home.user_id = customer.user_id and home.is_default
join public.providers as seat on seat.id = visits.provider_id
cross join lateral (
  select home.address, home.postcode, home.district, home.city,
    private.point(home.lat, home.lng) as location
  where 'home visits' = any (seat.features) and private.works_at(
    seat, private.point(home.lat, home.lng), home.postcode, home.district
  )
  union all
  select seat.address, seat.postcode, null, seat.city, seat.location
  limit 1
) as place
where not exists (
  select 1 from public.bookings as booking where booking.id = visits.booking_id
);

create temporary table seed_lines as
select visit.booking_id, line.*
from seed_visits as visit
cross join lateral unnest(
  private.booking_lines(visit.provider_id, array[visit.service_id])
) as line (
  no_booking_id, position, provider_id, service_id, category_id, names, price_unit, price_amount,
  line_amount, currency, duration_minutes, created_at, updated_at
);

insert into public.bookings (
  id, number, market_id, provider_id, customer_id, process_id, status, status_actor,
  status_actor_id, starts_at, ends_at, buffer_minutes, location, address, postcode, district,
  city, total_amount, currency, created_at
)
select
  visit.booking_id, private.next_booking_number(market), market.id, visit.provider_id,
  visit.customer_id, process.id, process.initial_status_id, 'customer', visit.customer_id,
  visit.starts_at + visit.ahead, visit.starts_at + visit.ahead
    + make_interval(mins => line.duration_minutes),
  provider.buffer_minutes, visit.location, visit.address, visit.postcode, visit.district,
  visit.city, line.line_amount, line.currency, visit.starts_at - interval '2 days'
from seed_visits as visit
join seed_lines as line on line.booking_id = visit.booking_id
join public.providers as provider on provider.id = visit.provider_id
join public.markets as market on market.id = visit.market_id
join public.booking_processes as process on process.id = market.booking_process_id
order by visit.starts_at;

insert into public.booking_services (
  booking_id, position, provider_id, service_id, category_id, names, price_unit, price_amount,
  line_amount, currency, duration_minutes
)
select
  line.booking_id, line.position, line.provider_id, line.service_id, line.category_id, line.names,
  line.price_unit, line.price_amount, line.line_amount, line.currency, line.duration_minutes
from seed_lines as line;

-- The customers showed their codes where the market asks for them.
insert into private.job_codes (booking_id, purpose, salt, code_hash, expires_at, confirmed_at)
select
  visit.booking_id, code.purpose, code.salt,
  private.hash_job_code(visit.booking_id, code.purpose, code.salt, private.new_job_code()),
  visit.starts_at, visit.starts_at
from seed_visits as visit
cross join lateral (
  select purpose, uuid_send(gen_random_uuid()) as salt
  from unnest('{start,completion}'::text[]) as purpose
) as code
where visit.mark ~ '[1-5-]' and private.requires_job_code(visit.market_id, code.purpose);

create function pg_temp.move_visits(
  from_status text, to_status text, actor text, marks text, reason text default null
)
returns void
language sql
volatile
set search_path = ''
as $$
  update public.bookings as booking
  set
    status = move_visits.to_status,
    status_actor = move_visits.actor,
    status_actor_id = case move_visits.actor
      when 'customer' then booking.customer_id
      else (
        select member.user_id
        from public.provider_members as member
        where member.provider_id = booking.provider_id and member.role = 'owner'
      )
    end,
    status_reason = move_visits.reason
  from pg_temp.seed_visits as visit
  where booking.id = visit.booking_id
    and booking.status = move_visits.from_status
    and visit.mark ~ move_visits.marks
$$;

select pg_temp.move_visits('requested', 'confirmed', 'provider', '.');
select pg_temp.move_visits('confirmed', 'cancelled', 'provider', 'x', 'The van broke down.');
select pg_temp.move_visits('confirmed', 'cancelled', 'customer', 'c', 'Something came up.');
update public.bookings as booking
set starts_at = booking.starts_at - visit.ahead, ends_at = booking.ends_at - visit.ahead
from seed_visits as visit
where booking.id = visit.booking_id;
select pg_temp.move_visits('confirmed', 'in_progress', 'provider', '[1-5-]');
select pg_temp.move_visits('in_progress', 'completed', 'provider', '[1-5-]');
select pg_temp.move_visits('confirmed', 'no_show', 'customer', 'n');

-- When it was: asked for two days ahead, answered in the business's time, done on time.
update public.booking_status_history as history
set created_at = case history.to_status
  when 'in_progress' then visit.starts_at
  when 'completed' then booking.ends_at
  when 'cancelled' then visit.starts_at - interval '3 hours'
  when 'no_show' then visit.starts_at + interval '1 hour'
  else visit.starts_at - interval '2 days' + case
    when history.from_status is null then interval '0'
    else make_interval(mins => visit.minutes)
  end
end
from seed_visits as visit
join public.bookings as booking on booking.id = visit.booking_id
where history.booking_id = visit.booking_id;

update public.bookings as booking
set status_changed_at = last.created_at
from seed_visits as visit
join lateral (
  select history.created_at
  from public.booking_status_history as history
  where history.booking_id = visit.booking_id
  order by history.position desc
  limit 1
) as last on true
where booking.id = visit.booking_id;

insert into public.reviews (
  booking_id, side, provider_id, customer_id, author_id, overall_rating, quality_rating,
  punctuality_rating, professionalism_rating, value_rating, communication_rating, comment,
  created_at
)
select
  visit.booking_id, 'customer', visit.provider_id, visit.customer_id, visit.customer_id,
  visit.mark::integer, visit.mark::integer,
  greatest(visit.mark::integer - visit.no % 2, 1), visit.mark::integer,
  greatest(visit.mark::integer - visit.turn % 2, 1), visit.mark::integer,
  -- Every fourth has no words to add.
  case
    when visit.no % 4 > 0 then word.comments[1 + visit.no % 3 % cardinality(word.comments)]
  end,
  booking.ends_at + make_interval(hours => 2 + visit.turn::integer % 30)
from seed_visits as visit
join public.bookings as booking on booking.id = visit.booking_id
left join (
  values
    ('en', '5', '{"On time, clean work, and the price was agreed beforehand.",
      "Friendly and quick. I would book again.", "Exactly what I asked for."}'::text[]),
    ('en', '4', '{"Good work; only the start was a little late.", "Good, if not cheap."}'),
    ('en', '3', '{"It works, but it took longer than agreed."}'),
    ('hi', '5', '{"समय पर काम हुआ, साफ़-सुथरा, और दाम पहले ही बता दिया।",
      "बहुत अच्छा व्यवहार और जल्दी काम।", "जैसा कहा था वैसा ही किया।"}'),
    ('hi', '4', '{"काम अच्छा है, बस थोड़ी देर हुई।", "अच्छा काम, दाम ठीक-ठाक।"}'),
    ('hi', '3', '{"काम हो गया, पर समय ज़्यादा लगा।"}'),
    ('bho', '5', '{"समय पर अइलें, काम एकदम साफ कइलें।", "बड़ा नीक बेवहार, काम भी जल्दी भइल।"}'),
    ('bho', '4', '{"काम नीमन बा, बस तनी देर से अइलें।"}'),
    ('bho', '3', '{"काम हो गइल, बाकिर समय ढेर लागल।"}'),
    ('mai', '5', '{"समय पर अएलाह, काज बहुत नीक कएलनि।", "व्यवहार नीक, काजो जल्दी भेल।"}'),
    ('mai', '4', '{"काज नीक अछि, कनेक देरी सँ अएलाह।"}'),
    ('mai', '3', '{"काज भऽ गेल, मुदा समय बेसी लागल।"}'),
    ('ur', '5', '{"وقت پر کام ہوا، صاف ستھرا، اور قیمت پہلے ہی بتا دی۔",
      "بہت اچھا برتاؤ اور جلدی کام۔"}'),
    ('ur', '4', '{"کام اچھا ہے، بس تھوڑی دیر ہوئی۔"}'),
    ('ur', '3', '{"کام ہو گیا، مگر وقت زیادہ لگا۔"}'),
    ('sw', '5', '{"Kwa wakati, kazi safi, na bei tulikubaliana mapema.",
      "Mchangamfu na mwepesi. Nitarudi tena."}'),
    ('sw', '4', '{"Kazi nzuri, ila kulikuwa na kuchelewa kidogo."}'),
    ('sw', '3', '{"Kazi imekamilika, lakini ilichukua muda mrefu."}'),
    ('ru', '5', '{"Вовремя, аккуратно, цену назвали заранее.", "Очень приветливо и быстро.",
      "Сделали именно то, о чём просили."}'),
    ('ru', '4', '{"Всё хорошо, только начали с небольшим опозданием."}'),
    ('ru', '3', '{"Сделали, но дольше, чем договаривались."}'),
    ('kk', '5', '{"Бәрі уақытында, ұқыпты, бағасын алдын ала айтты.",
      "Өте сыпайы әрі жылдам. Тағы келемін."}'),
    ('kk', '4', '{"Жұмысы жақсы, тек сәл кешірек басталды."}'),
    ('kk', '3', '{"Жасап берді, бірақ келіскеннен ұзаққа созылды."}')
) as word (language, stars, comments)
  on word.language = visit.language and word.stars = visit.mark
where visit.mark ~ '[1-5]'
order by visit.starts_at;

-- And what the businesses think of some of them.
insert into public.reviews (
  booking_id, side, provider_id, customer_id, author_id, overall_rating, communication_rating,
  created_at
)
select
  visit.booking_id, 'provider', visit.provider_id, visit.customer_id, booking.status_actor_id,
  5 - visit.turn % 5 / 4, 5, booking.ends_at + interval '1 hour'
from seed_visits as visit
join public.bookings as booking on booking.id = visit.booking_id
where booking.status = 'completed' and visit.turn % 3 = 0;

-- The triggers counted answers by the clock of the seed.
select private.recompute_provider_statistics(array(
  select distinct visit.provider_id from seed_visits as visit
));

drop table seed_lines, seed_visits;
drop function pg_temp.move_visits(text, text, text, text, text),
  private.seed_services(text, jsonb, jsonb), private.seed_providers(text, text, jsonb),
  private.seed_categories(text, jsonb, jsonb, jsonb), private.seed_id(text, text, text);
