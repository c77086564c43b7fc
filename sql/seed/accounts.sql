-- Demo data, before that of the markets: people of all five. 0xx are admins, 1xx work for the
-- businesses, 2xx are customers. Sign-in codes of these numbers land in the inbox of the embedded
-- stack; none of them is known to be anybody's. Every seed is safe to run again: what is there
-- stays as it is.

-- kind: a accounts, b businesses, c categories, d services, e bookings, f service areas,
-- 9 addresses. The last seed drops this and the functions of add_rows.sql.
create or replace function private.seed_id(market_id text, kind text, no text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select (market.prefix || kind || '00-0000-4000-8000-' || lpad(no, 12, '0'))::uuid
  from (
    values
      ('bihar', 'b14a2'), ('baitech', 'ba17e'), ('localpro', '10ca1'), ('atyrau', 'a7a2a'),
      ('servicepro', '5e2c1')
  ) as market (id, prefix)
  where market.id = market_id
$$;
comment on function private.seed_id(text, text, text) is 'Id of a row of the demo data.';

create temporary table seed_people as
select
  private.seed_id(person.market_id, 'a', person.no) as id,
  -- With us for a year and some weeks.
  private.now() - make_interval(days => 430 + person.no::integer % 97) as created_at,
  person.*
from (
  values
    ('localpro', '001', '919876543200', 'Nasreen Siddiqui', 'ur'),
    ('localpro', '101', '919876543210', 'Rajesh Kumar', 'hi'),
    ('localpro', '102', '919876543211', 'Suresh Yadav', 'hi'),
    ('localpro', '103', '919876543212', 'Amit Sharma', 'en'),
    ('localpro', '104', '919876543213', 'Farhan Ansari', 'ur'),
    ('localpro', '105', '919876543214', 'Sunita Verma', 'hi'),
    ('localpro', '106', '919876543215', 'Imran Qureshi', 'ur'),
    ('localpro', '107', '919876543216', 'Meena Rawat', 'hi'),
    ('localpro', '108', '919876543217', 'Anjali Mishra', 'en'),
    ('localpro', '109', '919876543218', 'Vikram Singh', 'en'),
    ('localpro', '110', '919876543219', 'Zoya Rizvi', 'ur'),
    ('localpro', '111', '919876543230', 'Deepak Gupta', 'hi'),
    ('localpro', '112', '919876543231', 'Kavita Srivastava', 'en'),
    ('localpro', '113', '919876543232', 'Mohit Yadav', 'hi'),
    ('localpro', '114', '919876543233', 'Arif Beg', 'ur'),
    ('localpro', '115', '919876543234', 'Ramesh Lodhi', 'hi'),
    ('localpro', '201', '919876543220', 'Priya Gupta', 'hi'),
    ('localpro', '202', '919876543221', 'Rohit Verma', 'en'),
    ('localpro', '203', '919876543222', 'Ayesha Khan', 'ur'),
    ('bihar', '001', '919123456700', 'Sudha Kumari', 'hi'),
    ('bihar', '101', '919123456710', 'Manoj Prasad', 'hi'),
    ('bihar', '102', '919123456711', 'Shambhu Sah', 'bho'),
    ('bihar', '103', '919123456712', 'Anil Kumar Jha', 'mai'),
    ('bihar', '104', '919123456713', 'Md. Irfan Alam', 'hi'),
    ('bihar', '105', '919123456714', 'Ranjit Paswan', 'bho'),
    ('bihar', '106', '919123456715', 'Vinod Thakur', 'mai'),
    ('bihar', '107', '919123456716', 'Santosh Yadav', 'bho'),
    ('bihar', '108', '919123456717', 'Rakesh Ranjan', 'hi'),
    ('bihar', '109', '919123456718', 'Guddu Kumar', 'bho'),
    ('bihar', '110', '919123456719', 'Sanjay Mishra', 'mai'),
    ('bihar', '111', '919123456730', 'Pankaj Gupta', 'en'),
    ('bihar', '112', '919123456731', 'Ajay Chaudhary', 'hi'),
    ('bihar', '113', '919123456732', 'Raju Manjhi', 'bho'),
    ('bihar', '114', '919123456733', 'Kiran Kumari', 'hi'),
    ('bihar', '115', '919123456734', 'Dinesh Mahto', 'bho'),
    ('bihar', '201', '919123456720', 'Neha Sinha', 'hi'),
    ('bihar', '202', '919123456721', 'Ramesh Ojha', 'bho'),
    ('bihar', '203', '919123456722', 'Kalpana Jha', 'mai'),
    ('bihar', '204', '919123456723', 'Abhishek Anand', 'en'),
    ('bihar', '205', '919123456724', 'Shabnam Khatoon', 'hi'),
    ('baitech', '001', '254700000100', 'Wanjiru Kamau', 'en'),
    ('baitech', '101', '254700000110', 'Brian Otieno', 'en'),
    ('baitech', '102', '254700000111', 'Peter Mwangi', 'sw'),
    ('baitech', '103', '254700000112', 'Amina Hassan', 'sw'),
    ('baitech', '104', '254700000113', 'Kevin Kiprotich', 'en'),
    ('baitech', '105', '254700000114', 'Grace Njeri', 'sw'),
    ('baitech', '106', '254700000115', 'Abdi Noor', 'sw'),
    ('baitech', '107', '254700000116', 'Mercy Achieng', 'en'),
    ('baitech', '108', '254700000117', 'Samuel Mutua', 'sw'),
    ('baitech', '109', '254700000118', 'Joseph Barasa', 'sw'),
    ('baitech', '110', '254700000119', 'Faith Wambui', 'en'),
    ('baitech', '111', '254700000130', 'Dennis Omondi', 'en'),
    ('baitech', '112', '254700000131', 'Halima Juma', 'sw'),
    ('baitech', '113', '254700000132', 'Victor Kamande', 'sw'),
    ('baitech', '114', '254700000133', 'Ruth Wanjiku', 'en'),
    ('baitech', '115', '254700000134', 'Hassan Omar', 'sw'),
    ('baitech', '201', '254700000120', 'Esther Wairimu', 'sw'),
    ('baitech', '202', '254700000121', 'James Odhiambo', 'en'),
    ('baitech', '203', '254700000122', 'Zainab Ali', 'sw'),
    ('baitech', '204', '254700000123', 'Collins Kiptoo', 'en'),
    ('baitech', '205', '254700000124', 'Lucy Mumbi', 'sw'),
    ('atyrau', '001', '77010000100', 'Гульнара Ахметова', 'ru'),
    ('atyrau', '101', '77010000110', 'Айжан Нурланова', 'kk'),
    ('atyrau', '102', '77010000111', 'Данияр Сериков', 'kk'),
    ('atyrau', '103', '77010000112', 'Ольга Ким', 'ru'),
    ('atyrau', '104', '77010000113', 'Марат Есенов', 'kk'),
    ('atyrau', '105', '77010000114', 'Светлана Белова', 'ru'),
    ('atyrau', '106', '77010000115', 'Бауыржан Тлеуов', 'kk'),
    ('atyrau', '107', '77010000116', 'Асель Мукашева', 'kk'),
    ('atyrau', '108', '77010000117', 'Игорь Павлов', 'ru'),
    ('atyrau', '109', '77010000118', 'Жанна Утепова', 'kk'),
    ('atyrau', '110', '77010000119', 'Руслан Хамитов', 'ru'),
    ('atyrau', '111', '77010000130', 'Тимур Абдрахманов', 'en'),
    ('atyrau', '112', '77010000131', 'Динара Касымова', 'kk'),
    ('atyrau', '113', '77010000132', 'Алия Оразова', 'kk'),
    ('atyrau', '114', '77010000133', 'Мадина Жексенова', 'kk'),
    ('atyrau', '115', '77010000134', 'Виктор Цой', 'ru'),
    ('atyrau', '201', '77010000120', 'Айгерим Сатыбалдиева', 'ru'),
    ('atyrau', '202', '77010000121', 'Ерлан Жумабаев', 'kk'),
    ('atyrau', '203', '77010000122', 'Наталья Соколова', 'ru'),
    ('atyrau', '204', '77010000123', 'Марк Дженкинс', 'en'),
    ('atyrau', '205', '77010000124', 'Сауле Бекенова', 'kk'),
    ('servicepro', '001', '12055550100', 'Denise Walker', 'en'),
    ('servicepro', '101', '12055550110', 'John Smith', 'en'),
    ('servicepro', '102', '12055550111', 'Carlos Ramirez', 'en'),
    ('servicepro', '103', '12055550112', 'Tyrone Jackson', 'en'),
    ('servicepro', '104', '12055550113', 'Emily Carter', 'en'),
    ('servicepro', '105', '12055550114', 'Walt Henderson', 'en'),
    ('servicepro', '106', '12055550115', 'Latoya Brooks', 'en'),
    ('servicepro', '107', '12055550116', 'Ben Sullivan', 'en'),
    ('servicepro', '108', '12055550117', 'Maria Torres', 'en'),
    ('servicepro', '109', '12055550118', 'Hank Dawson', 'en'),
    ('servicepro', '110', '12055550119', 'Priscilla Moore', 'en'),
    ('servicepro', '111', '12055550130', 'Andre Coleman', 'en'),
    ('servicepro', '112', '12055550131', 'Susan Pruitt', 'en'),
    ('servicepro', '113', '12055550132', 'Marcus Johnson', 'en'),
    ('servicepro', '114', '12055550133', 'Rachel Price', 'en'),
    ('servicepro', '115', '12055550134', 'Luis Ortega', 'en'),
    ('servicepro', '201', '12055550120', 'Ashley Bennett', 'en'),
    ('servicepro', '202', '12055550121', 'Michael Reed', 'en'),
    ('servicepro', '203', '12055550122', 'Karen Whitfield', 'en'),
    ('servicepro', '204', '12055550123', 'Darius Hill', 'en'),
    ('servicepro', '205', '12055550124', 'Beth Lawson', 'en')
) as person (market_id, no, phone, name, language);

-- GoTrue reads the token columns as texts, so they are empty rather than null.
insert into auth.users (
  instance_id, id, aud, role, phone, phone_confirmed_at, encrypted_password, confirmation_token,
  recovery_token, email_change, email_change_token_new, raw_app_meta_data, raw_user_meta_data,
  created_at, updated_at
)
select
  '00000000-0000-0000-0000-000000000000', person.id, 'authenticated', 'authenticated',
  person.phone, person.created_at, '', '', '', '', '',
  '{"provider": "phone", "providers": ["phone"]}',
  jsonb_build_object(
    'market', person.market_id, 'display_name', person.name, 'language', person.language
  ),
  person.created_at, person.created_at
from seed_people as person
on conflict (id) do nothing;

insert into auth.identities (
  provider_id, user_id, provider, identity_data, last_sign_in_at, created_at, updated_at
)
select
  person.id::text, person.id, 'phone',
  jsonb_build_object(
    'sub', person.id, 'phone', person.phone, 'phone_verified', true, 'email_verified', false
  ),
  person.created_at, person.created_at, person.created_at
from seed_people as person
on conflict (provider_id, provider) do nothing;

insert into public.user_roles (user_id, role)
select person.id, 'admin'
from seed_people as person
where person.no like '0%'
on conflict (user_id, role) do nothing;

-- A profile begins with its account.
update public.profiles as profile
set created_at = account.created_at
from seed_people as person
join auth.users as account on account.id = person.id
where profile.id = person.id and profile.created_at <> account.created_at;

drop table seed_people;
