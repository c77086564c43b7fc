-- Built from sql/10_shared by `npm run generate`: edit it there.

-- The one clock: whatever is decided by time, and whatever says when it happened, asks here. Tests
-- move it by another body in a database of their own. What ships reads no setting and no row, so
-- nobody who calls can move it: only the owner of the function may replace it.
--
-- The one function without a search_path of its own, so that the planner puts now() in its place:
-- plans, index conditions and costs are those of now(). It names what it calls in full instead.
create function private.now()
returns timestamptz
language sql
stable
parallel safe
as $$
  select pg_catalog.now()
$$;
comment on function private.now is 'What time it is: the same for all of a transaction.';
-- Defaults of columns and triggers ask as whoever writes.
grant execute on function private.now to anon, authenticated, service_role;

create function private.moment()
returns timestamptz
language plpgsql
volatile
parallel safe
set search_path = ''
as $$
begin
  return clock_timestamp() + (private.now() - now());
end;
$$;
comment on function private.moment is
  'The same clock, going on within the transaction: for what must follow one another, and for what '
  'may have waited for a lock since the transaction began.';

-- Time-ordered ids: RFC 9562 section 5.7, with method 3 of section 6.2 (the 12 bits after the
-- version hold the microseconds of the millisecond), so ids of one session ascend.
-- Postgres 17 has no uuidv7(); the variant bits come from gen_random_uuid().
create function private.uuid_v7()
returns uuid
language sql
volatile
parallel safe
set search_path = ''
as $$
  select encode(
    substring(int8send(clock.us / 1000) from 3)
      || int2send((28672 + clock.us % 1000 * 4096 / 1000)::int2)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid
  from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as clock
$$;
comment on function private.uuid_v7 is 'A UUID of version 7 (RFC 9562), for primary keys.';
grant execute on function private.uuid_v7 to authenticated, service_role;

-- An RPC has two parts: a function of private, and a door in public. The door has the rights of its
-- caller and only calls the function. It is made from the function, so a signature is written once.
create function private.expose(name text, variadic roles text[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_function pg_catalog.pg_proc;
begin
  select * into strict v_function
  from pg_catalog.pg_proc as known
  where known.pronamespace = 'private'::regnamespace and known.proname = expose.name;
  execute format(
    'create function public.%I(%s) returns %s language sql %s set search_path = '''' as %L',
    expose.name,
    pg_catalog.pg_get_function_arguments(v_function.oid),
    pg_catalog.pg_get_function_result(v_function.oid),
    case v_function.provolatile
      when 'v' then 'volatile' when 's' then 'stable' when 'i' then 'immutable'
    end,
    format(
      'select private.%I(%s)',
      expose.name,
      (
        select string_agg(quote_ident(argument.name), ', ' order by argument.position)
        from unnest(v_function.proargnames) with ordinality as argument (name, position)
      )
    )
  );
  execute format(
    'comment on function public.%I is %L',
    expose.name, pg_catalog.obj_description(v_function.oid, 'pg_proc')
  );
  execute format(
    'grant execute on function private.%1$I, public.%1$I to %2$s',
    expose.name, (select string_agg(quote_ident(role), ', ') from unnest(expose.roles) as role)
  );
end;
$$;
comment on function private.expose is
  'Makes the RPC public.<name> of private.<name>, with its signature, defaults, volatility and
comment, for these roles.';

-- Keeps created_at and updated_at true, whatever the statement says. Only the owner of the schema,
-- who imports and seeds, may say when a row was made; the functions that run as the owner never do
-- so. Clients have no grant on the columns, and service_role is not the owner.
create function private.tg__timestamps()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if current_user <> 'postgres' then
    new.created_at := case tg_op when 'INSERT' then private.now() else old.created_at end;
  end if;
  new.created_at := coalesce(new.created_at, private.now());
  -- Two updates in one transaction still differ, so a cursor over updated_at misses none.
  new.updated_at := case tg_op
    when 'INSERT' then private.now()
    else greatest(private.now(), old.updated_at + interval '1 microsecond')
  end;
  return new;
end;
$$;
comment on function private.tg__timestamps is 'Trigger _100_timestamps of every table.';

-- Every refusal is a row: its reason, which is stable and what clients branch on, its status, and
-- its words. Each domain has those of its own in 05_errors.sql.
create table private.errors (
  reason        text primary key check (reason ~ '^[a-z]+(_[a-z]+)*$'),
  status        integer not null check (status between 400 and 599),
  message       text not null,
  hint          text,
  is_of_storage boolean not null default false,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now(),
  check (not is_of_storage or status = 403)
);
comment on table private.errors is
  'Reasons for which the database, the functions and the SDK refuse or fail; types/errors.ts and
docs/errors.md are made of them.';
comment on column private.errors.message is
  'For people. %s, or %1$s and so on, stand for what private.fail is given beside the reason.';
comment on column private.errors.hint is 'What to do about it; as message.';
comment on column private.errors.is_of_storage is
  'Raised as 42501: Storage knows no other refusal, and passes on nothing but the message.';
create trigger _100_timestamps before insert or update on private.errors
  for each row execute function private.tg__timestamps();

create function private.error_body(reason text, variadic details text[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_error private.errors;
begin
  select * into strict v_error
  from private.errors as error
  where error.reason = error_body.reason;
  return jsonb_build_object(
    'code', case when v_error.is_of_storage then '42501' else 'PT' || v_error.status end,
    'message', format(v_error.message, variadic error_body.details),
    'details', error_body.reason,
    'hint', format(v_error.hint, variadic error_body.details)
  );
end;
$$;
comment on function private.error_body is
  'The row as clients get it: {code, message, details, hint}, with the details in its texts.';

-- Volatile, so that nobody folds a call with constant arguments while it plans.
create function private.fail(reason text, variadic details text[] default '{}')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_body jsonb := private.error_body(fail.reason, variadic fail.details);
begin
  raise exception using
    errcode = v_body ->> 'code',
    message = v_body ->> 'message',
    detail = fail.reason,
    hint = coalesce(v_body ->> 'hint', '');
end;
$$;
comment on function private.fail is
  'Raises the error of that reason; details: what its texts have places for.';

create function private.refuse(reason text, variadic details text[] default '{}')
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_body jsonb := private.error_body(refuse.reason, variadic refuse.details);
begin
  perform set_config('response.status', substring(v_body ->> 'code' from 3), true);
  return v_body;
end;
$$;
comment on function private.refuse is
  'The error as a result, which leaves the transaction standing: the Data API answers it with the
status of an error, so that clients can''t tell the difference.';

-- Triggers and policies fail with the rights of whoever calls.
grant execute on function private.fail, private.error_body to anon, authenticated, service_role;

-- Reasons that several domains share, and those of files.
insert into private.errors (reason, status, message, hint)
values
  (
    'idempotency_key_reused', 409, 'This idempotency key belongs to another request.',
    'Use a new key for a new request.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  ('file_empty', 403, 'This file is empty.', 'Choose another.', true),
  ('file_is_final', 403, 'Files of %s never change.', 'Upload another.', true),
  (
    'file_is_heic', 403, 'Few screens can show HEIC: convert the picture to JPEG.',
    'Phones do so by themselves where a page asks for image/jpeg.', true
  ),
  (
    'file_name_not_allowed', 403, 'The name of a picture ends in .jpg, .jpeg, .png, .webp or .gif.',
    'Choose another name.', true
  ),
  (
    'upload_not_allowed', 403, 'You may not upload here any more.',
    'Sign in as somebody who may.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{address, after, booking_id, category_id, city, cursor, description, descriptions, district,
  idempotency_key, is_active, kind, landmark, language, lat, lng, location, market_id,
  min_rating, name, names, page_size, postcode, provider_id, radius_km, reason, role, sort,
  time_zone, user_id, value}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Reasons that the edge functions raise: they read them from types/errors.ts.
insert into private.errors (reason, status, message, hint)
values
  (
    'function_misconfigured', 500, 'The function lacks a setting.',
    'The log of the function names it.'
  ),
  (
    'internal_error', 500, 'Something went wrong on our side.',
    'Give the X-Request-Id of the answer when you report it.'
  ),
  (
    'invalid_request', 400, 'The request does not have the expected form.',
    'Compare it with the OpenAPI document of the function.'
  ),
  ('invalid_signature', 401, 'The signature of the call is missing or wrong.', null),
  ('markets_unavailable', 503, 'The code could not be sent right now.', 'Try again in a minute.'),
  ('payload_too_large', 413, 'The request is too large.', null),
  (
    'phone_not_supported', 422, 'No code can be sent to this number.',
    'Use a mobile number of a country that is served.'
  ),
  ('route_not_found', 404, 'There is nothing at this address.', null),
  (
    'sms_not_configured', 503, 'No SMS service is set up for this market.',
    'Put the credentials of the SMS service into the environment of the function.'
  ),
  (
    'sms_refused', 422, 'The SMS service refused this number.',
    'Check the number, or use another one.'
  ),
  ('sms_unavailable', 503, 'The SMS service did not accept the message.', 'Try again in a minute.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Reasons that the SDK finds by itself, before the network or after it.
insert into private.errors (reason, status, message, hint)
values
  (
    'api_key_refused', 401, 'The API key is missing or wrong.',
    'Give createKarigar the publishable key of the project.'
  ),
  (
    'connection_failed', 503, 'The server could not be reached.',
    'Check the connection and try again.'
  ),
  (
    'invalid_arguments', 400, 'The arguments do not have the expected form.',
    'The hint of the error names them; a text has no U+0000.'
  ),
  (
    'invalid_response', 502,
    'The server answered in a form that this version of the SDK does not know.',
    'Update the package.'
  ),
  ('permission_denied', 403, 'The signed-in user may not do this.', null),
  ('realtime_refused', 403, 'The server refuses to send live changes.', 'Sign in again.'),
  (
    'realtime_transport_missing', 500, 'This runtime has no WebSocket.',
    'On Node 20, give createKarigar `realtime: { transport: WebSocket }` from the package ws.'
  ),
  (
    'unexpected_error', 500, 'The server answered with an error that has no reason.',
    'Code and cause of the error say more.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

create function private.is_time_zone(name text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  -- Names with an area only: abbreviations and POSIX rules parse too, and mislead.
  return name ~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)+$|^UTC$'
    and private.now() at time zone name is not null;
exception when data_exception then
  return false;
end;
$$;
comment on function private.is_time_zone is 'Whether Postgres knows this IANA time zone.';
grant execute on function private.is_time_zone to authenticated, service_role;

-- What a text is to people: something of it can be seen, and nothing in it turns or hides what
-- stands around it. The same rule holds for every text that one person writes and another reads.
-- Joiners inside words stay (Hindi, Urdu and emoji need them), so do marks of direction.

-- Unicode's White_Space and Default_Ignorable_Code_Point, controls, private and non-characters, and
-- what has a name but no shape. What Unicode has not assigned yet counts as seen: a newer phone
-- than ours may know it.
create function private.is_visible(value text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return is_visible.value ~ (
    '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
    '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ue000-\uf8ff\ufdd0-\ufdef'
    '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U00013430-\U0001343f'
    '\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff'
    '\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe'
    '\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff'
    '\U000cfffe\U000cffff\U000dfffe-\U000e0fff\U000efffe-\U0010ffff]'
  );
end;
$$;
comment on function private.is_visible is 'Whether people can see something of it.';

create function private.is_text(value text, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  -- Controls other than tab and line breaks; embeddings, overrides and isolates of direction.
  return length(is_text.value) <= max_length
    and is_text.value !~
      '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]'
    and private.is_visible(is_text.value);
end;
$$;
comment on function private.is_text is
  'Whether it is a text that people can see, of at most so many characters; null for null.';

create function private.are_texts(texts text[], max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return not exists (
    select 1 from unnest(texts) as item where private.is_text(item, max_length) is not true
  );
end;
$$;
comment on function private.are_texts is 'Whether is_text holds of each.';

create function private.clean_text(value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  -- Phones copy numbers and names with embeddings around them, so they go without a complaint.
  v_text text := btrim(
    regexp_replace(clean_text.value, '[\u202a-\u202e\u2066-\u2069]', '', 'g'),
    E' \t\n\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
    '\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'
  );
begin
  return case when private.is_visible(v_text) then v_text end;
end;
$$;
comment on function private.clean_text is
  'Without blanks at its ends and without what turns the text around it; null if nobody sees it.';

grant execute on function private.is_visible, private.is_text, private.are_texts
  to anon, authenticated, service_role;
grant execute on function private.clean_text to authenticated, service_role;

-- Languages are said in many ways: browsers and phones send tags of BCP 47 (hi-IN, ur-Arab-PK),
-- phones also hi_IN and codes of three letters. Columns keep the language alone, in its shortest
-- code.
create function private.language_of(tag text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  -- Codes that have a shorter or newer one in the registry of BCP 47.
  v_newer constant text := '
      aar=aa abk=ab adp=dz afr=af aka=ak alb=sq als=sq amh=am ara=ar arb=ar arg=an arm=hy asm=as
      ava=av ave=ae aym=ay ayr=ay aze=az azj=az bak=ba bam=bm baq=eu bel=be ben=bn bis=bi bod=bo
      bos=bs bre=br bul=bg bur=my cat=ca ces=cs cha=ch che=ce chi=zh chu=cu chv=cv cls=sa cmn=zh
      cnr=sr cor=kw cos=co cre=cr cwd=cr cym=cy cze=cs dan=da deu=de div=dv drh=mn drw=fa dut=nl
      dzo=dz ekk=et ell=el eng=en epo=eo esk=ik est=et eus=eu ewe=ee fao=fo fas=fa fat=ak fij=fj
      fin=fi fra=fr fre=fr fry=fy fuc=ff ful=ff gaz=om geo=ka ger=de gla=gd gle=ga glg=gl glv=gv
      gre=el grn=gn gug=gn guj=gu hat=ht hau=ha hbs=sr heb=he her=hz hin=hi hmo=ho hrv=hr hun=hu
      hye=hy ibo=ig ice=is ido=io iii=ii ike=iu iku=iu ile=ie ina=ia ind=id ipk=ik isl=is ita=it
      jav=jv jaw=jv jpn=ja kal=kl kan=kn kas=ks kat=ka kau=kr kaz=kk khk=mn khm=km kik=ki kin=rw
      kir=ky kmr=ku knc=kr kng=kg kom=kv kon=kg kor=ko kpv=kv kua=kj kur=ku lao=lo lat=la lav=lv
      lim=li lin=ln lit=lt ltz=lb lub=lu lug=lg lvs=lv mac=mk mah=mh mal=ml mao=mi mar=mr may=ms
      mkd=mk mlg=mg mlt=mt mol=ro mon=mn mri=mi msa=ms mya=my nau=na nav=nv nbl=nr nde=nd ndo=ng
      nep=ne nld=nl nno=nn nob=nb nor=no npi=ne nya=ny oci=oc ojg=oj oji=oj ori=or orm=om ory=or
      oss=os pan=pa pbu=ps per=fa pes=fa pli=pi plt=mg pol=pl por=pt prp=gu prs=fa pus=ps que=qu
      quz=qu roh=rm ron=ro rum=ro run=rn rus=ru sag=sg san=sa scc=sr scr=hr sin=si slk=sk slo=sk
      slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es sqi=sq src=sc srd=sc srp=sr ssw=ss
      sun=su swa=sw swc=sw swe=sv swh=sw tah=ty tam=ta tat=tt tel=te tgk=tg tha=th tib=bo tir=ti
      tnf=fa ton=to tsn=tn tso=ts tuk=tk tur=tr twi=ak uig=ug ukr=uk urd=ur uzb=uz uzn=uz ven=ve
      vie=vi vol=vo wel=cy wln=wa wol=wo xho=xh ydd=yi yid=yi yor=yo zha=za zho=zh zsm=ms zul=zu
      zyb=za in=id iw=he ji=yi
  ';
  v_code text := lower(
    substring(language_of.tag from '^([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*$')
  );
  v_at integer := strpos(v_newer, ' ' || v_code || '=');
begin
  return case when v_at > 0 then substr(v_newer, v_at + length(v_code) + 2, 2) else v_code end;
end;
$$;
comment on function private.language_of is
  'The language of a tag of BCP 47: hi of hi-IN, HI_in and hin; null if it is no tag.';
grant execute on function private.language_of to authenticated, service_role;

-- Texts in several languages are jsonb maps of language code (ISO 639) to text.
-- Small functions that run per row are plpgsql: with a search_path of their own SQL functions are
-- not inlined, and are planned anew in every statement.

create function private.is_language_map(map jsonb, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(map) <> 'object' then
    return false;
  end if;
  return map <> '{}'::jsonb
    and (select count(*) from jsonb_object_keys(map)) <= 30
    and not exists (
      select 1
      from jsonb_each(map) as entry
      where entry.key !~ '^[a-z]{2,3}$'
        or jsonb_typeof(entry.value) <> 'string'
        or not private.is_text(entry.value #>> '{}', max_length)
    );
end;
$$;
comment on function private.is_language_map is
  'Whether the map has 1 to 30 languages and each a text of at most so many characters.';

create function private.covers_languages(map jsonb, languages text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select map ?& languages
$$;
comment on function private.covers_languages is
  'Whether the map has a text in each of the languages.';

create function private.localized(map jsonb, language text, fallback text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return coalesce(
    map ->> localized.language,
    map ->> localized.fallback,
    map ->> 'en',
    -- Not a subquery, which would make this a query of its own for each text of a page.
    jsonb_path_query_first(map, '$.*') #>> '{}'
  );
end;
$$;
comment on function private.localized is
  'The text in the language asked for, else in the fallback, else English, else any.';

grant execute on function private.is_language_map, private.covers_languages, private.localized
  to anon, authenticated, service_role;

-- RPC arguments arrive as text or jsonb; these parsers turn them into types, so that wrong input
-- is refused with PT400 and a stable reason and never reaches a client as raw Postgres text.
-- Null, and JSON null, is null when the argument is optional.

-- Arguments: the reasons, invalid_<column>. Raises the first whose column is null.
create function private.tg__refuse_nulls()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail(argument.reason, 'present, or left out for its default')
  from unnest(tg_argv) with ordinality as argument (reason, position)
  where to_jsonb(new) -> regexp_replace(argument.reason, '^invalid_', '') = 'null'
  order by argument.position;
  return new;
end;
$$;
comment on function private.tg__refuse_nulls is
  'Triggers _040_refuse_nulls, which run when a column is null that has nothing else to say so.';

create function private.parse_text(
  value text, reason text, max_length integer, is_required boolean default true
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_text text := private.clean_text(parse_text.value);
begin
  if v_text is null and is_required then
    perform private.fail(reason, 'a text');
  elsif not private.is_text(v_text, max_length) then
    perform private.fail(reason, format('a text of at most %s characters', max_length));
  end if;
  return v_text;
end;
$$;
comment on function private.parse_text is
  'Cleaned; a text that nobody sees is null. Refuses controls other than tab and newline.';

create function private.parse_language(value text, reason text, is_required boolean default true)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_language text := private.language_of(btrim(parse_language.value));
begin
  if v_language is null and (is_required or private.clean_text(parse_language.value) is not null)
  then
    perform private.fail(reason, 'a language, as hi or hi-IN');
  end if;
  return v_language;
end;
$$;
comment on function private.parse_language is
  'A tag of BCP 47, of which the language remains; an empty one is null.';

-- What keyboards and other apps put into numbers: digits of the markets' scripts, spaces and
-- hyphens that don't break a line, marks for the direction of the text.
create function private.plain_digits(value text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select translate(
    value,
    '०१२३४५६७८९٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９'
      || E'\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
      || E'\u202f\u205f\u3000\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d'
      || E'\uff0b\uff08\uff09\uff0e\uff0f'
      || E'\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060'
      || E'\u2066\u2067\u2068\u2069\ufeff',
    repeat('0123456789', 4) || repeat(' ', 16) || repeat('-', 9) || '+().' || '/'
  )
$$;
comment on function private.plain_digits is
  'The text with digits 0 to 9 and plain spaces and hyphens, without invisible marks.';

create function private.parse_postcode(value text, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_postcode text := private.parse_text(
    private.plain_digits(parse_postcode.value), reason, 20, false
  );
  v_digits text := regexp_replace(v_postcode, '\s', '', 'g');
begin
  return case
    when v_digits ~ '^[0-9]+$' then v_digits
    else upper(regexp_replace(v_postcode, '\s+', ' ', 'g'))
  end;
end;
$$;
comment on function private.parse_postcode is
  'In one spelling: without spaces where it is of digits, else in capitals; an empty one is null.';

create function private.parse_uuid(value text, reason text, is_required boolean default true)
returns uuid
language plpgsql
immutable
set search_path = ''
as $$
begin
  if parse_uuid.value is null and not is_required then
    return null;
  end if;
  if parse_uuid.value is null
    or parse_uuid.value !~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
  then
    perform private.fail(reason, 'a UUID');
  end if;
  return parse_uuid.value::uuid;
end;
$$;
comment on function private.parse_uuid is 'Canonical form only, any case.';

-- Topics and paths name things by id.
create function private.uuid_in(value text, pattern text)
returns uuid
language sql
immutable
parallel safe
set search_path = ''
as $$
  select substring(
    value from replace(pattern, '<id>', '([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})')
  )::uuid
$$;
comment on function private.uuid_in is
  'The UUID at <id> in the regular expression; null for a value that does not match.';

create function private.parse_timestamp(value text, reason text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  if parse_timestamp.value ~
    '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$'
  then
    return parse_timestamp.value::timestamptz;
  end if;
  perform private.fail(reason, 'an ISO 8601 time with an offset, as 2026-01-31T09:30:00Z');
  return null;
exception when data_exception then
  perform private.fail(reason, 'a time that exists');
  return null;
end;
$$;
comment on function private.parse_timestamp is
  'The offset is required: a time without one would depend on a setting of the session.';

create function private.parse_number(
  value jsonb, reason text, minimum numeric, maximum numeric, fallback numeric default null
)
returns numeric
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_number.value), 'null') = 'null' then
    return fallback;
  end if;
  if jsonb_typeof(parse_number.value) <> 'number'
    or (parse_number.value #>> '{}')::numeric not between minimum and maximum
  then
    perform private.fail(reason, format('a number from %s to %s', minimum, maximum));
  end if;
  return (parse_number.value #>> '{}')::numeric;
end;
$$;
comment on function private.parse_number is
  'A JSON number within the bounds; the fallback stands for null.';

create function private.parse_integer(
  value jsonb, reason text, minimum bigint, maximum bigint, fallback bigint default null
)
returns bigint
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_number numeric := private.parse_number(parse_integer.value, reason, minimum, maximum, fallback);
begin
  if v_number <> trunc(v_number) then
    perform private.fail(reason, format('a whole number from %s to %s', minimum, maximum));
  end if;
  return v_number::bigint;
end;
$$;
comment on function private.parse_integer is
  'A whole JSON number within the bounds; the fallback stands for null.';

create function private.parse_double(value jsonb, reason text)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (parse_double.value #>> '{}')::double precision;
exception when data_exception then
  perform private.fail(reason, 'a number that a double holds');
  return null;
end;
$$;
comment on function private.parse_double is
  'A JSON number; those of JSON may be larger, or nearer to zero, than a double can.';

create function private.parse_boolean(value jsonb, reason text, fallback boolean)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_boolean.value), 'null') = 'null' then
    return fallback;
  end if;
  if jsonb_typeof(parse_boolean.value) <> 'boolean' then
    perform private.fail(reason, 'true or false');
  end if;
  return parse_boolean.value::boolean;
end;
$$;
comment on function private.parse_boolean is 'A JSON boolean; the fallback stands for null.';

-- Triggers of tables that clients write run with the caller's rights, so that what runs before the
-- policies can tell nothing. Such triggers need these grants. Only definer functions call the rest.
grant execute on function
  private.parse_text, private.parse_language, private.plain_digits, private.parse_postcode
to authenticated, service_role;

-- How each country writes phone numbers. The rows are generated from libphonenumber, so that the
-- database reads a number as the edge functions and the apps do, and one phone has one spelling.
create table private.phone_rules (
  country           text not null check (country ~ '^([A-Z]{2}|001)$'),
  calling_code      text not null check (calling_code ~ '^[1-9][0-9]{0,2}$'),
  is_main           boolean not null,
  abroad_pattern    text,
  trunk_pattern     text,
  trunk_replacement text,
  national_pattern  text not null,
  lengths           integer[] not null check (cardinality(lengths) > 0),
  primary key (country, calling_code),
  check (trunk_pattern is not null or trunk_replacement is null)
);
comment on table private.phone_rules is 'How each country writes phone numbers.';
comment on column private.phone_rules.country is
  'ISO 3166-1 alpha-2; 001 for calling codes of no country.';
comment on column private.phone_rules.calling_code is
  'ITU-T E.164 country code, without plus. None begins with another.';
comment on column private.phone_rules.is_main is
  'Of the countries that share a calling code the one whose rules hold for a number with plus.';
comment on column private.phone_rules.abroad_pattern is
  'What people there dial before a calling code, as 00.';
comment on column private.phone_rules.trunk_pattern is
  'What people there dial before a national number, as 0; no part of the number.';
comment on column private.phone_rules.trunk_replacement is
  'What takes the place of a match of trunk_pattern whose group matched; otherwise nothing does.';
comment on column private.phone_rules.national_pattern is
  'National numbers that are in use; new ones come every year, so nothing is refused by it.';
comment on column private.phone_rules.lengths is 'How many digits a national number may have.';
create unique index phone_rules_main_key on private.phone_rules (calling_code) where is_main;

-- Generated from the metadata of libphonenumber by `npm run generate`.
insert into private.phone_rules (
  country, calling_code, is_main, abroad_pattern, trunk_pattern,
  trunk_replacement, national_pattern, lengths
)
values
  ('001', '800', true, null, null, null, '(?:00|[1-9]\d)\d{6}', '{8}'),
  ('001', '808', true, null, null, null, '[1-9]\d{7}', '{8}'),
  ('001', '870', true, null, null, null, '7\d{11}|[235-7]\d{8}', '{9,12}'),
  ('001', '878', true, null, null, null, '10\d{10}', '{12}'),
  ('001', '881', true, null, null, null, '6\d{9}|[0-36-9]\d{8}', '{9,10}'),
  (
    '001', '882', true, null, null, null,
    '[13]\d{6}(?:\d{2,5})?|[19]\d{7}|(?:[25]\d\d|4)\d{7}(?:\d{2})?', '{7,8,9,10,11,12}'
  ),
  ('001', '883', true, null, null, null, '(?:[1-4]\d|51)\d{6,10}', '{8,9,10,11,12}'),
  ('001', '888', true, null, null, null, '\d{11}', '{11}'),
  ('001', '979', true, null, null, null, '[1359]\d{8}', '{9}'),
  ('AC', '247', true, '00', null, null, '(?:[01589]\d|[2-467])\d{4}', '{5,6}'),
  ('AD', '376', true, '00', null, null, '(?:1|6\d)\d{7}|[135-9]\d{5}', '{6,8,9}'),
  (
    'AE', '971', true, '00', '0', null, '(?:[4-7]\d|9[0-689])\d{7}|800\d{2,9}|[2-4679]\d{7}',
    '{5,6,7,8,9,10,11,12}'
  ),
  ('AF', '93', true, '00', '0', null, '[2-7]\d{8}', '{9}'),
  ('AG', '1', false, '011', '([457]\d{6})$|1', '268\1', '(?:268|[58]\d\d|900)\d{7}', '{10}'),
  ('AI', '1', false, '011', '([2457]\d{6})$|1', '264\1', '(?:264|[58]\d\d|900)\d{7}', '{10}'),
  (
    'AL', '355', true, '00', '0', null, '(?:700\d\d|900)\d{3}|8\d{5,7}|(?:[2-5]|6\d)\d{7}',
    '{6,7,8,9}'
  ),
  ('AM', '374', true, '00', '0', null, '(?:[1-489]\d|55|60|77)\d{6}', '{8}'),
  ('AO', '244', true, '00', null, null, '[29]\d{8}', '{9}'),
  (
    'AR', '54', true, '00',
    '0?(?:(11|2(?:2(?:02?|[13]|2[13-79]|4[1-6]|5[2457]|6[124-8]|7[1-4]|8[13-6]|9[1267])|3(?:0'
    '2?|1[467]|2[03-6]|3[13-8]|[49][2-6]|5[2-8]|[67])|4(?:7[3-578]|9)|6(?:[0136]|2[24-6]|4[6-'
    '8]?|5[15-8])|80|9(?:0[1-3]|[19]|2\d|3[1-6]|4[02568]?|5[2-4]|6[2-46]|72?|8[23]?))|3(?:3(?'
    ':2[79]|6|8[2578])|4(?:0[0-24-9]|[12]|3[5-8]?|4[24-7]|5[4-68]?|6[02-9]|7[126]|8[2379]?|9['
    '1-36-8])|5(?:1|2[1245]|3[237]?|4[1-46-9]|6[2-4]|7[1-6]|8[2-5]?)|6[24]|7(?:[069]|1[1568]|'
    '2[15]|3[145]|4[13]|5[14-8]|7[2-57]|8[126])|8(?:[01]|2[15-7]|3[2578]?|4[13-6]|5[4-8]?|6[1'
    '-357-9]|7[36-8]?|8[5-8]?|9[124])))15)?',
    '9\1', '(?:11|[89]\d\d)\d{8}|[2368]\d{9}', '{10,11}'
  ),
  ('AS', '1', false, '011', '([267]\d{6})$|1', '684\1', '(?:[58]\d\d|684|900)\d{7}', '{10}'),
  (
    'AT', '43', true, '00', '0', null,
    '1\d{3,12}|2\d{6,12}|43(?:(?:0\d|5[02-9])\d{3,9}|2\d{4,5}|[3467]\d{4}|8\d{4,6}|9\d{4,7})|'
    '5\d{4,12}|8\d{7,12}|9\d{8,12}|(?:[367]\d|4[0-24-9])\d{4,11}',
    '{4,5,6,7,8,9,10,11,12,13}'
  ),
  (
    'AU', '61', true, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '(183[12])|0', null,
    '1(?:[0-79]\d{7}(?:\d(?:\d{2})?)?|8[0-24-9]\d{7})|[2-478]\d{8}|1\d{4,7}', '{5,6,7,8,9,10,12}'
  ),
  ('AW', '297', true, '00', null, null, '(?:[25-79]\d\d|800)\d{4}', '{7}'),
  (
    'AX', '358', false, '00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))', '0', null,
    '2\d{4,9}|35\d{4,5}|(?:60\d\d|800)\d{4,6}|7\d{5,11}|(?:[14]\d|3[0-46-9]|50)\d{4,8}',
    '{5,6,7,8,9,10,11,12}'
  ),
  ('AZ', '994', true, '00', '0', null, '365\d{6}|(?:[124579]\d|60|88)\d{7}', '{9}'),
  ('BA', '387', true, '00', '0', null, '6\d{8}|(?:[35689]\d|49|70)\d{6}', '{8,9}'),
  ('BB', '1', false, '011', '([2-9]\d{6})$|1', '246\1', '(?:246|[58]\d\d|900)\d{7}', '{10}'),
  (
    'BD', '880', true, '00', '0', null,
    '[1-469]\d{9}|8[0-79]\d{7,8}|[2-79]\d{8}|[2-9]\d{7}|[3-9]\d{6}|[57-9]\d{5}', '{6,7,8,9,10}'
  ),
  ('BE', '32', true, '00', '0', null, '4\d{8}|[1-9]\d{7}', '{8,9}'),
  ('BF', '226', true, '00', null, null, '[024-7]\d{7}', '{8}'),
  (
    'BG', '359', true, '00', '0', null, '00800\d{7}|[2-7]\d{6,7}|[89]\d{6,8}|2\d{5}',
    '{6,7,8,9,12}'
  ),
  ('BH', '973', true, '00', null, null, '[136-9]\d{7}', '{8}'),
  ('BI', '257', true, '00', null, null, '(?:[267]\d|31)\d{6}', '{8}'),
  ('BJ', '229', true, '00', null, null, '01\d{8}', '{10}'),
  ('BL', '590', false, '00', '0', null, '7090\d{5}|(?:[56]9|[89]\d)\d{7}', '{9}'),
  ('BM', '1', false, '011', '([2-9]\d{6})$|1', '441\1', '(?:441|[58]\d\d|900)\d{7}', '{10}'),
  ('BN', '673', true, '00', null, null, '[2-578]\d{6}', '{7}'),
  ('BO', '591', true, '00(?:1\d)?', '0(1\d)?', null, '(?:[2-7]\d\d|8001)\d{5}', '{8,9}'),
  ('BQ', '599', false, '00', null, null, '(?:[34]1|7\d)\d{5}', '{7}'),
  (
    'BR', '55', true, '00(?:1[245]|2[1-35]|31|4[13]|[56]5|99)',
    '(?:0|90)(?:(1[245]|2[1-35]|31|4[13]|[56]5|99)(\d{10,11}))?', '\2',
    '[1-467]\d{9,10}|55[0-46-9]\d{8}|[34]\d{7}|55\d{7,8}|(?:5[0-46-9]|[89]\d)\d{7,9}',
    '{8,9,10,11}'
  ),
  ('BS', '1', false, '011', '([3-8]\d{6})$|1', '242\1', '(?:242|[58]\d\d|900)\d{7}', '{10}'),
  ('BT', '975', true, '00', null, null, '[178]\d{7}|[2-8]\d{6}', '{7,8}'),
  ('BW', '267', true, '00', null, null, '90\d{5}|(?:0800|[2-6]|(?:7|800)\d)\d{6}', '{7,8,10}'),
  (
    'BY', '375', true, '810', '0|80?', null,
    '(?:[12]\d|33|44|902)\d{7}|8(?:0[0-79]\d{5,7}|[1-7]\d{9})|8(?:1[0-489]|[5-79]\d)\d{7}|8[1'
    '-79]\d{6,7}|8[0-79]\d{5}|8\d{5}',
    '{6,7,8,9,10,11}'
  ),
  ('BZ', '501', true, '00', null, null, '(?:0800\d|[2-8])\d{6}', '{7,11}'),
  ('CA', '1', false, '011', '1', null, '[2-9]\d{9}|3\d{6}', '{7,10}'),
  (
    'CC', '61', false, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '([59]\d{7})$|0',
    '8\1', '1(?:[0-79]\d{8}(?:\d{2})?|8[0-24-9]\d{7})|[148]\d{8}|1\d{5,7}', '{6,7,8,9,10,12}'
  ),
  ('CD', '243', true, '00', '0', null, '(?:(?:[189]|5\d)\d|2)\d{7}|[1-68]\d{6}', '{7,8,9,10}'),
  ('CF', '236', true, '00', null, null, '8776\d{4}|(?:[27]\d|61)\d{6}', '{8}'),
  ('CG', '242', true, '00', null, null, '222\d{6}|(?:0\d|80)\d{7}', '{9}'),
  ('CH', '41', true, '00', '0', null, '8\d{11}|[2-9]\d{8}', '{9,12}'),
  ('CI', '225', true, '00', null, null, '[02]\d{9}', '{10}'),
  ('CK', '682', true, '00', null, null, '[2-578]\d{4}', '{5}'),
  (
    'CL', '56', true, '(?:0|1(?:1[0-69]|2[02-5]|5[13-58]|69|7[0167]|8[018]))0', null, null,
    '12300\d{6}|6\d{9,10}|[2-9]\d{8}', '{9,10,11}'
  ),
  ('CM', '237', true, '00', null, null, '[26]\d{8}|88\d{6,7}', '{8,9}'),
  (
    'CN', '86', true, '00|1(?:[12]\d|79)\d\d00', '(1(?:[12]\d|79)\d\d)|0', null,
    '(?:(?:1[03-689]|2\d)\d\d|6)\d{8}|1\d{10}|[126]\d{6}(?:\d(?:\d{2})?)?|86\d{5,6}|(?:[3-579'
    ']\d|8[0-57-9])\d{5,9}',
    '{7,8,9,10,11,12}'
  ),
  (
    'CO', '57', true, '00(?:4(?:[14]4|56)|[579])', '0([3579]|4(?:[14]4|56))?', null,
    '(?:46|60\d\d)\d{6}|(?:1\d|[39])\d{9}', '{8,10,11}'
  ),
  (
    'CR', '506', true, '00', '(19(?:0[0-2468]|1[09]|20|66|77|99))', null,
    '(?:8\d|90)\d{8}|(?:[24-8]\d{3}|3005)\d{4}', '{8,10}'
  ),
  ('CU', '53', true, '119', '0', null, '(?:[2-7]|8\d\d)\d{7}|[2-47]\d{6}|[34]\d{5}', '{6,7,8,10}'),
  ('CV', '238', true, '0', null, null, '(?:[2-59]\d\d|800)\d{4}', '{7}'),
  ('CW', '599', true, '00', null, null, '(?:[34]1|60|(?:7|9\d)\d)\d{5}', '{7,8}'),
  (
    'CX', '61', false, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '([59]\d{7})$|0',
    '8\1', '1(?:[0-79]\d{8}(?:\d{2})?|8[0-24-9]\d{7})|[148]\d{8}|1\d{5,7}', '{6,7,8,9,10,12}'
  ),
  ('CY', '357', true, '00', null, null, '(?:[279]\d|[58]0)\d{6}', '{8}'),
  ('CZ', '420', true, '00', null, null, '(?:[2-578]\d|60)\d{7}|9\d{8,11}', '{9,10,11,12}'),
  (
    'DE', '49', true, '00', '0', null,
    '[2579]\d{5,14}|49(?:[34]0|69|8\d)\d\d?|49(?:37|49|60|7[089]|9\d)\d{1,3}|49(?:2[024-9]|3['
    '2-689]|7[1-7])\d{1,8}|(?:1|[368]\d|4[0-8])\d{3,13}|49(?:[015]\d|2[13]|31|[46][1-8])\d{1,'
    '9}',
    '{4,5,6,7,8,9,10,11,12,13,14,15}'
  ),
  ('DJ', '253', true, '00', null, null, '(?:2\d|77)\d{6}', '{8}'),
  ('DK', '45', true, '00', null, null, '[2-9]\d{7}', '{8}'),
  ('DM', '1', false, '011', '([2-7]\d{6})$|1', '767\1', '(?:[58]\d\d|767|900)\d{7}', '{10}'),
  ('DO', '1', false, '011', '1', null, '(?:[58]\d\d|900)\d{7}', '{10}'),
  ('DZ', '213', true, '00', '0', null, '(?:[1-4]|[5-79]\d|80)\d{7}', '{8,9}'),
  ('EC', '593', true, '00', '0', null, '1\d{9,10}|(?:[2-7]|9\d)\d{7}', '{8,9,10,11}'),
  ('EE', '372', true, '00', null, null, '8\d{9}|[4578]\d{7}|(?:[3-8]\d|90)\d{5}', '{7,8,10}'),
  ('EG', '20', true, '00', '0', null, '[189]\d{8,9}|[24-6]\d{8}|[135]\d{7}', '{8,9,10}'),
  ('EH', '212', false, '00', '0', null, '[5-8]\d{8}', '{9}'),
  ('ER', '291', true, '00', '0', null, '[178]\d{6}', '{7}'),
  ('ES', '34', true, '00', null, null, '400\d{6}|(?:51|[6-9]\d)\d{7}', '{9}'),
  ('ET', '251', true, '00', '0', null, '(?:11|[2-57-9]\d)\d{7}', '{9}'),
  (
    'FI', '358', true, '00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))', '0', null,
    '[1-35689]\d{4}|7\d{10,11}|(?:[124-7]\d|3[0-46-9])\d{8}|[1-9]\d{5,8}', '{5,6,7,8,9,10,11,12}'
  ),
  ('FJ', '679', true, '0(?:0|52)', null, null, '45\d{5}|(?:0800\d|[235-9])\d{6}', '{7,11}'),
  ('FK', '500', true, '00', null, null, '[2-7]\d{4}', '{5}'),
  ('FM', '691', true, '00', null, null, '(?:[39]\d\d|820)\d{4}', '{7}'),
  ('FO', '298', true, '00', '(10(?:01|[12]0|88))', null, '[2-9]\d{5}', '{6}'),
  ('FR', '33', true, '00', '0', null, '[1-9]\d{8}', '{9}'),
  (
    'GA', '241', true, '00', '0(11\d{6}|60\d{6}|61\d{6}|6[256]\d{6}|7[467]\d{6})', '\1',
    '(?:[067]\d|11)\d{6}|[2-7]\d{6}', '{7,8}'
  ),
  ('GB', '44', true, '00', '0|180020', null, '[1-357-9]\d{9}|[18]\d{8}|8\d{6}', '{7,9,10}'),
  ('GD', '1', false, '011', '([2-9]\d{6})$|1', '473\1', '(?:473|[58]\d\d|900)\d{7}', '{10}'),
  ('GE', '995', true, '00', '0', null, '(?:[3-57]\d\d|800)\d{6}', '{9}'),
  ('GF', '594', true, '00', '0', null, '(?:694\d|7093)\d{5}|(?:59|[89]\d)\d{7}', '{9}'),
  (
    'GG', '44', false, '00', '([25-9]\d{5})$|0|180020', '1481\1',
    '(?:1481|[357-9]\d{3})\d{6}|8\d{6}(?:\d{2})?', '{7,9,10}'
  ),
  ('GH', '233', true, '00', '0', null, '[235]\d{8}|800\d{5,6}', '{8,9}'),
  ('GI', '350', true, '00', null, null, '(?:[25]\d|60)\d{6}', '{8}'),
  ('GL', '299', true, '00', null, null, '(?:19|[2-689]\d|70)\d{4}', '{6}'),
  ('GM', '220', true, '00', null, null, '[48]\d{8}|[2-9]\d{6}', '{7,9}'),
  ('GN', '224', true, '00', null, null, '722\d{6}|(?:3|6\d)\d{7}', '{8,9}'),
  ('GP', '590', true, '00', '0', null, '7090\d{5}|(?:[56]9|[89]\d)\d{7}', '{9}'),
  ('GQ', '240', true, '00', null, null, '222\d{6}|(?:3\d|55|[89]0)\d{7}', '{9}'),
  ('GR', '30', true, '00', null, null, '5005000\d{3}|8\d{9,11}|(?:[269]\d|70)\d{8}', '{10,11,12}'),
  ('GT', '502', true, '00', null, null, '80\d{6}|(?:1\d{3}|[2-7])\d{7}', '{8,11}'),
  ('GU', '1', false, '011', '([2-9]\d{6})$|1', '671\1', '(?:[58]\d\d|671|900)\d{7}', '{10}'),
  ('GW', '245', true, '00', null, null, '[49]\d{8}|4\d{6}', '{7,9}'),
  ('GY', '592', true, '001', null, null, '(?:[2-8]\d{3}|9008)\d{3}', '{7}'),
  (
    'HK', '852', true, '00(?:30|5[09]|[126-9]?)', null, null,
    '8[0-46-9]\d{6,7}|9\d{4,7}|(?:[2-7]|9\d{3})\d{7}', '{5,6,7,8,9,11}'
  ),
  ('HN', '504', true, '00', null, null, '8\d{10}|[237-9]\d{7}', '{8,11}'),
  ('HR', '385', true, '00', '0', null, '[2-69]\d{8}|80\d{5,7}|[1-79]\d{7}|6\d{6}', '{7,8,9}'),
  ('HT', '509', true, '00', null, null, '[2-589]\d{7}', '{8}'),
  ('HU', '36', true, '00', '06', null, '[235-7]\d{8}|[1-9]\d{7}', '{8,9}'),
  (
    'ID', '62', true, '00[89]', '0', null,
    '00[1-9]\d{9,14}|(?:[1-36]|8\d{5})\d{6}|00\d{9}|[1-9]\d{8,10}|[2-9]\d{7}',
    '{7,8,9,10,11,12,13,14,15,16,17}'
  ),
  (
    'IE', '353', true, '00', '0', null, '(?:1\d|[2569])\d{6,8}|4\d{6,9}|7\d{8}|8\d{8,9}',
    '{7,8,9,10}'
  ),
  (
    'IL', '972', true, '0(?:0|1(?:05|[2-9]))', '0', null,
    '1\d{6}(?:\d{3,5})?|[57]\d{8}|[1-489]\d{7}', '{7,8,9,10,11,12}'
  ),
  (
    'IM', '44', false, '00', '([25-8]\d{5})$|0|180020', '1624\1', '1624\d{6}|(?:[3578]\d|90)\d{8}',
    '{10}'
  ),
  ('IN', '91', true, '00', '0', null, '(?:000800|[2-9]\d\d)\d{7}|1\d{7,12}', '{8,9,10,11,12,13}'),
  ('IO', '246', true, '00', null, null, '3\d{6}', '{7}'),
  ('IQ', '964', true, '00', '0', null, '(?:1|7\d\d)\d{7}|[2-6]\d{7,8}', '{8,9,10}'),
  ('IR', '98', true, '00', '0', null, '[1-9]\d{9}|(?:[1-8]\d\d|9)\d{3,4}', '{4,5,6,7,10}'),
  ('IS', '354', true, '00|1(?:0(?:01|[12]0)|100)', null, null, '(?:38\d|[4-9])\d{6}', '{7,9}'),
  (
    'IT', '39', true, '00', null, null,
    '0\d{5,11}|1\d{8,10}|3(?:[0-8]\d{7,10}|9\d{7,8})|(?:43|55|70)\d{8}|8\d{5}(?:\d{2,4})?',
    '{6,7,8,9,10,11,12}'
  ),
  (
    'JE', '44', false, '00', '([0-24-8]\d{5})$|0|180020', '1534\1',
    '1534\d{6}|(?:[3578]\d|90)\d{8}', '{10}'
  ),
  ('JM', '1', false, '011', '1', null, '(?:[58]\d\d|658|900)\d{7}', '{10}'),
  ('JO', '962', true, '00', '0', null, '(?:(?:[2689]|7\d)\d|32|427|53)\d{6}', '{8,9}'),
  (
    'JP', '81', true, '010', '(000[2569]\d{4,6})$|(?:(?:003768)0?)|0', '\1',
    '00[1-9]\d{6,14}|[25-9]\d{9}|(?:00|[1-9]\d\d)\d{6}', '{8,9,10,11,12,13,14,15,16,17}'
  ),
  (
    'KE', '254', true, '000', '0', null, '(?:[17]\d\d|900)\d{6}|(?:2|80)0\d{6,7}|[4-6]\d{6,8}',
    '{7,8,9,10}'
  ),
  ('KG', '996', true, '00', '0', null, '8\d{9}|[235-9]\d{8}', '{9,10}'),
  ('KH', '855', true, '00[14-9]', '0', null, '1\d{9}|[1-9]\d{7,8}', '{8,9,10}'),
  ('KI', '686', true, '00', '0', null, '(?:[37]\d|6[0-79])\d{6}|(?:[2-48]\d|50)\d{3}', '{5,8}'),
  ('KM', '269', true, '00', null, null, '[3478]\d{6}', '{7}'),
  ('KN', '1', false, '011', '([2-7]\d{6})$|1', '869\1', '(?:[58]\d\d|900)\d{7}', '{10}'),
  ('KP', '850', true, '00|99', '0', null, '85\d{6}|(?:19\d|[2-7])\d{7}', '{8,10}'),
  (
    'KR', '82', true, '00(?:[125689]|3(?:[46]5|91)|7(?:00|27|3|55|6[126]))',
    '0(8(?:[1-46-8]|5\d\d))?', null,
    '00[1-9]\d{8,11}|(?:[12]|5\d{3})\d{7}|[13-6]\d{9}|(?:[1-6]\d|80)\d{7}|[3-6]\d{4,5}|(?:00|'
    '7)0\d{8}',
    '{5,6,8,9,10,11,12,13,14}'
  ),
  ('KW', '965', true, '00', null, null, '18\d{5}|(?:[2569]\d|41)\d{6}', '{7,8}'),
  ('KY', '1', false, '011', '([2-9]\d{6})$|1', '345\1', '(?:345|[58]\d\d|900)\d{7}', '{10}'),
  ('KZ', '7', false, '810', '8', null, '8\d{13}|[78]\d{9}', '{10,14}')
on conflict (country, calling_code) do update set
  is_main = excluded.is_main,
  abroad_pattern = excluded.abroad_pattern,
  trunk_pattern = excluded.trunk_pattern,
  trunk_replacement = excluded.trunk_replacement,
  national_pattern = excluded.national_pattern,
  lengths = excluded.lengths;

-- Generated from the metadata of libphonenumber by `npm run generate`.
insert into private.phone_rules (
  country, calling_code, is_main, abroad_pattern, trunk_pattern,
  trunk_replacement, national_pattern, lengths
)
values
  ('LA', '856', true, '00', '0', null, '(?:2\d|3)\d{8}|(?:[235-8]\d|41)\d{6}', '{8,9,10}'),
  ('LB', '961', true, '00', '0', null, '[27-9]\d{7}|[13-9]\d{6}', '{7,8}'),
  ('LC', '1', false, '011', '([2-8]\d{6})$|1', '758\1', '(?:[58]\d\d|758|900)\d{7}', '{10}'),
  ('LI', '423', true, '00', '(1001)|0', null, '[68]\d{8}|(?:[2378]\d|90)\d{5}', '{7,9}'),
  ('LK', '94', true, '00', '0', null, '[1-9]\d{8}', '{9}'),
  ('LR', '231', true, '00', '0', null, '(?:[2457]\d|33|88)\d{7}|(?:2\d|[4-6])\d{6}', '{7,8,9}'),
  ('LS', '266', true, '00', null, null, '(?:[256]\d\d|800)\d{5}', '{8}'),
  ('LT', '370', true, '00', '[08]', null, '(?:[3469]\d|52|[78]0)\d{6}', '{8}'),
  (
    'LU', '352', true, '00', '(15(?:0[06]|1[12]|[35]5|4[04]|6[26]|77|88|99)\d)', null,
    '35[013-9]\d{4,8}|6\d{8}|35\d{2,4}|(?:[2457-9]\d|3[0-46-9])\d{2,9}', '{4,5,6,7,8,9,10,11}'
  ),
  ('LV', '371', true, '00', null, null, '(?:[268]\d|78|90)\d{6}', '{8}'),
  ('LY', '218', true, '00', '0', null, '[2-9]\d{8}', '{9}'),
  ('MA', '212', true, '00', '0', null, '[5-8]\d{8}', '{9}'),
  ('MC', '377', true, '00', '0', null, '(?:[3489]|[67]\d)\d{7}', '{8,9}'),
  ('MD', '373', true, '00', '0', null, '(?:[235-7]\d|[89]0)\d{6}', '{8}'),
  ('ME', '382', true, '00', '0', null, '(?:20|[3-79]\d)\d{6}|80\d{6,7}', '{8,9}'),
  ('MF', '590', false, '00', '0', null, '7090\d{5}|(?:[56]9|[89]\d)\d{7}', '{9}'),
  ('MG', '261', true, '00', '([24-9]\d{6})$|0', '20\1', '[23]\d{8}', '{9}'),
  ('MH', '692', true, '011', '1', null, '329\d{4}|(?:[256]\d|45)\d{5}', '{7}'),
  ('MK', '389', true, '00', '0', null, '[2-578]\d{7}', '{8}'),
  ('ML', '223', true, '00', null, null, '[24-9]\d{7}', '{8}'),
  (
    'MM', '95', true, '00', '0', null,
    '1\d{5,7}|95\d{6}|(?:[4-7]|9[0-46-9])\d{6,8}|(?:2|8\d)\d{5,8}', '{6,7,8,9,10}'
  ),
  ('MN', '976', true, '001', '0', null, '[12]\d{7,9}|[5-9]\d{7}', '{8,9,10}'),
  ('MO', '853', true, '00', null, null, '0800\d{3}|(?:28|[68]\d)\d{6}', '{7,8}'),
  ('MP', '1', false, '011', '([2-9]\d{6})$|1', '670\1', '[58]\d{9}|(?:67|90)0\d{7}', '{10}'),
  ('MQ', '596', true, '00', '0', null, '7091\d{5}|(?:[56]9|[89]\d)\d{7}', '{9}'),
  ('MR', '222', true, '00', null, null, '(?:[2-4]\d\d|800)\d{5}', '{8}'),
  ('MS', '1', false, '011', '([34]\d{6})$|1', '664\1', '(?:[58]\d\d|664|900)\d{7}', '{10}'),
  ('MT', '356', true, '00', null, null, '3550\d{4}|(?:[2579]\d\d|800)\d{5}', '{8}'),
  (
    'MU', '230', true, '0(?:0|[24-7]0|3[03])', null, null, '(?:[57]|8\d\d)\d{7}|[2-468]\d{6}',
    '{7,8,10}'
  ),
  ('MV', '960', true, '0(?:0|19)', null, null, '(?:800|9[0-57-9]\d)\d{7}|[34679]\d{6}', '{7,10}'),
  ('MW', '265', true, '00', '0', null, '(?:[1289]\d|31|77)\d{7}|1\d{6}', '{7,9}'),
  ('MX', '52', true, '0[09]', null, null, '[2-9]\d{9}', '{10}'),
  ('MY', '60', true, '00', '0', null, '1\d{8,9}|(?:3\d|[4-9])\d{7}', '{8,9,10}'),
  ('MZ', '258', true, '00', null, null, '(?:2|8\d)\d{7}', '{8,9}'),
  ('NA', '264', true, '00', '0', null, '[68]\d{7,8}', '{8,9}'),
  ('NC', '687', true, '00', null, null, '(?:050|[2-57-9]\d\d)\d{3}', '{6}'),
  ('NE', '227', true, '00', null, null, '[027-9]\d{7}', '{8}'),
  ('NF', '672', true, '00', '([0-258]\d{4})$', '3\1', '[13]\d{5}', '{6}'),
  ('NG', '234', true, '009', '0', null, '(?:20|9\d)\d{8}|[78]\d{9,13}', '{10,11,12,13,14}'),
  ('NI', '505', true, '00', null, null, '(?:1800|[25-8]\d{3})\d{4}', '{8}'),
  (
    'NL', '31', true, '00', '0', null,
    '(?:[124-7]\d\d|3(?:[02-9]\d|1[0-8]))\d{6}|8\d{6,9}|9\d{6,10}|1\d{4,5}', '{5,6,7,8,9,10,11}'
  ),
  ('NO', '47', true, '00', null, null, '(?:0|[2-9]\d{3})\d{4}', '{5,8}'),
  ('NP', '977', true, '00', '0', null, '(?:1\d|9)\d{9}|[1-9]\d{7}', '{8,10,11}'),
  ('NR', '674', true, '00', null, null, '(?:222|444|(?:55|8\d)\d|666|777|999)\d{4}', '{7}'),
  ('NU', '683', true, '00', null, null, '(?:[4-7]|888\d)\d{3}', '{4,7}'),
  (
    'NZ', '64', true, '0(?:0|161)', '0', null,
    '[1289]\d{9}|50\d{5}(?:\d{2,3})?|[27-9]\d{7,8}|(?:[34]\d|6[0-35-9])\d{6}|8\d{4,6}',
    '{5,6,7,8,9,10}'
  ),
  ('OM', '968', true, '00', null, null, '(?:1505|[279]\d{3}|500)\d{4}|800\d{5,6}', '{7,8,9}'),
  (
    'PA', '507', true, '00', null, null, '(?:00800|8\d{3})\d{6}|[68]\d{7}|[1-57-9]\d{6}',
    '{7,8,10,11}'
  ),
  ('PE', '51', true, '00|19(?:1[124]|77|90)00', '0', null, '(?:[14-8]|9\d)\d{7}', '{8,9}'),
  ('PF', '689', true, '00', null, null, '4\d{5}(?:\d{2})?|8\d{7,8}', '{6,8,9}'),
  (
    'PG', '675', true, '00|140[1-3]', null, null, '(?:180|[78]\d{3})\d{4}|(?:[2-589]\d|64)\d{5}',
    '{7,8}'
  ),
  (
    'PH', '63', true, '00', '0', null, '(?:[2-7]|9\d)\d{8}|2\d{5}|(?:1800|8)\d{7,9}',
    '{6,8,9,10,11,12,13}'
  ),
  (
    'PK', '92', true, '00', '0', null,
    '122\d{6}|[24-8]\d{10,11}|9(?:[013-9]\d{8,10}|2(?:[01]\d\d|2(?:[06-8]\d|1[01]))\d{7})|(?:'
    '[2-8]\d{3}|92(?:[0-7]\d|8[1-9]))\d{6}|[24-9]\d{8}|[89]\d{7}',
    '{8,9,10,11,12}'
  ),
  (
    'PL', '48', true, '00', null, null, '(?:6|8\d\d)\d{7}|[1-9]\d{6}(?:\d{2})?|[26]\d{5}',
    '{6,7,8,9,10}'
  ),
  ('PM', '508', true, '00', '0', null, '[78]\d{8}|[2-9]\d{5}', '{6,9}'),
  ('PR', '1', false, '011', '1', null, '(?:[589]\d\d|787)\d{7}', '{10}'),
  ('PS', '970', true, '00', '0', null, '[2489]2\d{6}|(?:1\d|5)\d{8}', '{8,9,10}'),
  ('PT', '351', true, '00', null, null, '1693\d{5}|(?:[26-9]\d|30)\d{7}', '{9}'),
  ('PW', '680', true, '01[12]', null, null, '(?:[24-8]\d\d|345|900)\d{4}', '{7}'),
  (
    'PY', '595', true, '00', '0', null,
    '[36-8]\d{5,8}|4\d{6,8}|59\d{6}|9\d{5,10}|(?:2\d|5[0-8])\d{6,7}', '{6,7,8,9,10,11}'
  ),
  (
    'QA', '974', true, '00', null, null, '800\d{4}|(?:2|800)\d{6}|(?:0080|[3-7])\d{7}',
    '{7,8,9,11}'
  ),
  ('RE', '262', true, '00', '0', null, '709\d{6}|(?:26|[689]\d)\d{7}', '{9}'),
  ('RO', '40', true, '00', '0', null, '(?:[2378]\d|90)\d{7}|[23]\d{5}', '{6,9}'),
  (
    'RS', '381', true, '00', '0', null,
    '38[02-9]\d{6,9}|6\d{7,9}|90\d{4,8}|38\d{5,6}|(?:7\d\d|800)\d{3,9}|(?:[12]\d|3[0-79])\d{5'
    ',10}',
    '{6,7,8,9,10,11,12}'
  ),
  ('RU', '7', true, '810', '8', null, '8\d{13}|[347-9]\d{9}', '{10,14}'),
  ('RW', '250', true, '00', '0', null, '(?:06|[27]\d\d|[89]00)\d{6}', '{8,9}'),
  ('SA', '966', true, '00', '0', null, '(?:[15]\d|800|92)\d{7}', '{9,10}'),
  ('SB', '677', true, '0[01]', null, null, '[6-9]\d{6}|[1-6]\d{4}', '{5,7}'),
  ('SC', '248', true, '010|0[0-2]', null, null, '(?:[2489]\d|64)\d{5}', '{7}'),
  ('SD', '249', true, '00', '0', null, '[19]\d{8}', '{9}'),
  (
    'SE', '46', true, '00', '0', null,
    '(?:[26]\d\d|9)\d{9}|[1-9]\d{8}|[1-689]\d{7}|[1-4689]\d{6}|2\d{5}', '{6,7,8,9,10,12}'
  ),
  (
    'SG', '65', true, '0[0-3]\d', null, null, '(?:(?:1\d|8)\d\d|7000)\d{7}|[3689]\d{7}',
    '{8,10,11}'
  ),
  ('SH', '290', true, '00', null, null, '(?:[2569]\d|8)\d{3}', '{4,5}'),
  (
    'SI', '386', true, '00|10(?:22|66|88|99)', '0', null, '[1-7]\d{7}|8\d{4,7}|90\d{4,6}',
    '{5,6,7,8}'
  ),
  ('SJ', '47', false, '00', null, null, '0\d{4}|(?:[489]\d|79)\d{6}', '{5,8}'),
  ('SK', '421', true, '00', '0', null, '[2-689]\d{8}|[2-59]\d{6}|[2-5]\d{5}', '{6,7,9}'),
  ('SL', '232', true, '00', '0', null, '(?:[237-9]\d|66)\d{6}', '{8}'),
  ('SM', '378', true, '00', '([89]\d{5})$', '0549\1', '(?:0549|[5-7]\d)\d{6}', '{8,10}'),
  ('SN', '221', true, '00', null, null, '(?:[378]\d|93)\d{7}', '{9}'),
  (
    'SO', '252', true, '00', '0', null, '[346-9]\d{8}|[12679]\d{7}|[1-5]\d{6}|[1348]\d{5}',
    '{6,7,8,9}'
  ),
  ('SR', '597', true, '00', null, null, '(?:[2-5]|[6-9]\d)\d{5}', '{6,7}'),
  ('SS', '211', true, '00', '0', null, '[19]\d{8}', '{9}'),
  ('ST', '239', true, '00', null, null, '(?:22|9\d)\d{5}', '{7}'),
  ('SV', '503', true, '00', null, null, '[25-7]\d{7}|(?:80\d|900)\d{4}(?:\d{4})?', '{7,8,11}'),
  ('SX', '1', false, '011', '(5\d{6})$|1', '721\1', '7215\d{6}|(?:[58]\d\d|900)\d{7}', '{10}'),
  ('SY', '963', true, '00', '0', null, '[1-359]\d{8}|[1-5]\d{7}', '{8,9}'),
  ('SZ', '268', true, '00', null, null, '0800\d{4}|(?:[237]\d|900)\d{6}', '{8,9}'),
  ('TA', '290', false, '00', null, null, '8\d{3}', '{4}'),
  ('TC', '1', false, '011', '([2-479]\d{6})$|1', '649\1', '(?:[58]\d\d|649|900)\d{7}', '{10}'),
  ('TD', '235', true, '00|16', null, null, '(?:22|[3689]\d|77)\d{6}', '{8}'),
  ('TG', '228', true, '00', null, null, '[279]\d{7}', '{8}'),
  (
    'TH', '66', true, '00[1-9]', '0', null, '(?:001800|[2-57]|[689]\d)\d{7}|1\d{7,9}',
    '{8,9,10,13}'
  ),
  ('TJ', '992', true, '810', null, null, '(?:[0-57-9]\d|66)\d{7}', '{9}'),
  ('TK', '690', true, '00', null, null, '[2-47]\d{3,6}', '{4,5,6,7}'),
  ('TL', '670', true, '00', null, null, '7\d{7}|(?:[2-47]\d|[89]0)\d{5}', '{7,8}'),
  ('TM', '993', true, '810', '8', null, '[1-7]\d{7}', '{8}'),
  ('TN', '216', true, '00', null, null, '[2-57-9]\d{7}', '{8}'),
  ('TO', '676', true, '00', null, null, '(?:0800|(?:[5-8]\d\d|999)\d)\d{3}|[2-8]\d{4}', '{5,7}'),
  ('TR', '90', true, '00', '0', null, '4\d{6}|8\d{11,12}|(?:[2-58]\d\d|900)\d{7}', '{7,10,12,13}'),
  ('TT', '1', false, '011', '([2-46-8]\d{6})$|1', '868\1', '(?:[58]\d\d|900)\d{7}', '{10}'),
  ('TV', '688', true, '00', null, null, '(?:2|7\d\d|90)\d{4}', '{5,6,7}'),
  (
    'TW', '886', true, '0(?:0[25-79]|19)', '0', null, '[2-689]\d{8}|7\d{9,10}|[2-8]\d{7}|2\d{6}',
    '{7,8,9,10,11}'
  ),
  ('TZ', '255', true, '00[056]', '0', null, '(?:[25-8]\d|41|90)\d{7}', '{9}'),
  ('UA', '380', true, '00', '0', null, '[89]\d{9}|[3-9]\d{8}', '{9,10}'),
  ('UG', '256', true, '00[057]', '0', null, '800\d{6}|(?:[29]0|[347]\d)\d{7}', '{9}'),
  ('US', '1', true, '011', '1', null, '[2-9]\d{9}|3\d{6}', '{10}'),
  (
    'UY', '598', true, '0(?:0|1[3-9]\d)', '0', null,
    '0004\d{2,9}|[1249]\d{7}|2\d{3,4}|(?:[49]\d|80)\d{5}', '{4,5,6,7,8,9,10,11,12,13}'
  ),
  ('UZ', '998', true, '00', null, null, '(?:20|33|[5-9]\d)\d{7}', '{9}'),
  (
    'VA', '39', false, '00', null, null,
    '0\d{5,10}|3[0-8]\d{7,10}|55\d{8}|8\d{5}(?:\d{2,4})?|(?:1\d|39)\d{7,8}', '{6,7,8,9,10,11,12}'
  ),
  ('VC', '1', false, '011', '([2-7]\d{6})$|1', '784\1', '(?:[58]\d\d|784|900)\d{7}', '{10}'),
  ('VE', '58', true, '00', '0', null, '[68]00\d{7}|(?:[24]\d|[59]0)\d{8}', '{10}'),
  ('VG', '1', false, '011', '([2-578]\d{6})$|1', '284\1', '(?:284|[58]\d\d|900)\d{7}', '{10}'),
  ('VI', '1', false, '011', '([2-9]\d{6})$|1', '340\1', '[58]\d{9}|(?:34|90)0\d{7}', '{10}'),
  ('VN', '84', true, '00', '0', null, '[12]\d{9}|[135-9]\d{8}|[16]\d{6,7}|7\d{6}', '{7,8,9,10}'),
  ('VU', '678', true, '00', null, null, '[57-9]\d{6}|(?:[238]\d|48)\d{3}', '{5,7}'),
  ('WF', '681', true, '00', null, null, '(?:40|72|8\d{4})\d{4}|[89]\d{5}', '{6,9}'),
  ('WS', '685', true, '0', null, null, '(?:[2-6]|8\d{5})\d{4}|[78]\d{6}|[68]\d{5}', '{5,6,7,10}'),
  (
    'XK', '383', true, '00', '0', null, '2\d{7,8}|3\d{7,11}|(?:4\d\d|[89]00)\d{5}',
    '{8,9,10,11,12}'
  ),
  ('YE', '967', true, '00', '0', null, '(?:1|7\d)\d{7}|[1-7]\d{6}', '{7,8,9}'),
  ('YT', '262', false, '00', '0', null, '(?:639\d|7093)\d{5}|(?:26|80|9\d)\d{7}', '{9}'),
  ('ZA', '27', true, '00', '0', null, '[1-79]\d{8}|8\d{4,9}', '{5,6,7,8,9,10}'),
  ('ZM', '260', true, '00', '0', null, '800\d{6}|(?:21|[579]\d|63)\d{7}', '{9}'),
  ('ZW', '263', true, '00', '0', null, '8\d{6}(?:\d{3})?|[235-8]\d{8}', '{7,9,10}')
on conflict (country, calling_code) do update set
  is_main = excluded.is_main,
  abroad_pattern = excluded.abroad_pattern,
  trunk_pattern = excluded.trunk_pattern,
  trunk_replacement = excluded.trunk_replacement,
  national_pattern = excluded.national_pattern,
  lengths = excluded.lengths;

-- Phone numbers as people type them, and the one spelling that is kept.

-- Null unless it has as many digits as the country's numbers have.
create function private.national_number(digits text, rule private.phone_rules)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_trunk text := '^(?:' || rule.trunk_pattern || ')';
  v_in_use text := '^(?:' || rule.national_pattern || ')$';
  v_groups text[] := regexp_match(digits, v_trunk);
  v_stripped text := regexp_replace(
    digits, v_trunk,
    case
      when v_groups[cardinality(v_groups)] is null then ''
      else coalesce(rule.trunk_replacement, '')
    end
  );
begin
  -- Russian numbers may begin with the 8 that is dialled before them: +7 800 555-35-35.
  if length(v_stripped) = any (rule.lengths)
    and (v_stripped ~ v_in_use or digits !~ v_in_use)
  then
    return v_stripped;
  elsif length(digits) = any (rule.lengths) then
    return digits;
  end if;
  return null;
end;
$$;
comment on function private.national_number is
  'The national number without what is only dialled before it.';

create function private.normalize_phone(value text, country text default null)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_number text := regexp_replace(private.plain_digits(value), '[][\s().~/-]', '', 'g');
  v_home private.phone_rules;
  v_rule private.phone_rules;
  v_national text;
  v_phone text;
begin
  if (v_number ~ '^\+?[0-9]{3,20}$') is not true then
    return null;
  end if;
  if v_number !~ '^\+' then
    select * into v_home
    from private.phone_rules as rule
    where rule.country = normalize_phone.country;
    v_number := regexp_replace(
      v_number, '^(?:' || coalesce(v_home.abroad_pattern, '00') || ')(?=[1-9])', '+'
    );
  end if;
  if v_number !~ '^\+' then
    v_national := private.national_number(v_number, v_home);
    if starts_with(v_number, v_home.calling_code) and (
      length(v_number) > v_home.lengths[cardinality(v_home.lengths)]
      or private.national_number(substr(v_number, length(v_home.calling_code) + 1), v_home)
        ~ ('^(?:' || v_home.national_pattern || ')$')
      and coalesce(v_national !~ ('^(?:' || v_home.national_pattern || ')$'), true)
    ) then
      -- As Auth writes it, and many people do.
      v_number := '+' || v_number;
    elsif v_national is null then
      v_number := regexp_replace(v_number, '^00(?=[1-9])', '+');
    else
      v_phone := '+' || v_home.calling_code || v_national;
    end if;
  end if;
  if v_number ~ '^\+' then
    select * into v_rule
    from private.phone_rules as rule
    where rule.is_main and starts_with(v_number, '+' || rule.calling_code);
    v_phone := '+' || v_rule.calling_code || private.national_number(
      substr(v_number, length(v_rule.calling_code) + 2), v_rule
    );
  end if;
  if (v_phone ~ '^\+[1-9][0-9]{6,14}$') is not true then
    return null;
  end if;
  -- Again, until nothing changes: somebody who dials 0 twice reaches the same phone.
  return case
    when v_phone = v_number then v_phone
    else private.normalize_phone(v_phone)
  end;
end;
$$;
comment on function private.normalize_phone is
  'E.164 of a phone number as people type it: digits of several scripts, brackets, trunk prefix.
Local forms are read as those of the country. Null when the country has no such number.';

create function private.parse_phone(value text, reason text, country text default null)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_phone text := private.normalize_phone(parse_phone.value, parse_phone.country);
begin
  if v_phone is null and private.clean_text(parse_phone.value) is not null then
    perform private.fail(reason, 'a phone number with its country code, as +919876543210');
  end if;
  return v_phone;
end;
$$;
comment on function private.parse_phone is
  'E.164; an empty text is null. Local forms are read as those of the country.';

-- No grants: only definer functions read phones.

-- Parsers of arrays, objects and places. As the scalar parsers they raise PT400 with the reason.

create function private.parse_texts(value jsonb, reason text, max_items integer)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_texts.value), 'null') = 'null' then
    return null;
  end if;
  if jsonb_typeof(parse_texts.value) <> 'array'
    or jsonb_array_length(parse_texts.value) not between 1 and max_items
    or jsonb_path_exists(parse_texts.value, 'strict $[*] ? (@.type() != "string")')
  then
    perform private.fail(reason, format('an array of 1 to %s texts', max_items));
  end if;
  return array(
    select item.value
    from jsonb_array_elements_text(parse_texts.value) with ordinality as item (value, position)
    order by item.position
  );
end;
$$;
comment on function private.parse_texts is
  'A JSON array of texts, in its order; null stands for null.';

create function private.parse_uuids(value jsonb, reason text)
returns uuid[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_texts text[] := private.parse_texts(parse_uuids.value, reason, 100);
  v_ids uuid[];
begin
  v_ids := array(
    select private.parse_uuid(item.value, reason)
    from unnest(v_texts) with ordinality as item (value, position)
    order by item.position
  );
  if v_texts is null
    or cardinality(v_ids) <> (select count(distinct id) from unnest(v_ids) as id)
  then
    perform private.fail(reason, 'an array of different UUIDs');
  end if;
  return v_ids;
end;
$$;
comment on function private.parse_uuids is
  'A JSON array of different UUIDs, in its order; required.';

create function private.parse_object(value jsonb, reason text, max_bytes integer)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_object.value), 'null') = 'null' then
    return '{}'::jsonb;
  end if;
  if jsonb_typeof(parse_object.value) <> 'object'
    or octet_length(parse_object.value::text) > max_bytes
  then
    perform private.fail(reason, format('a JSON object of at most %s bytes', max_bytes));
  end if;
  return parse_object.value;
end;
$$;
comment on function private.parse_object is 'A JSON object; null stands for the empty one.';

create function private.clean_json_text(value jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(clean_json_text.value) = 'string'
      then to_jsonb(coalesce(private.clean_text(clean_json_text.value #>> '{}'), ''))
    else clean_json_text.value
  end;
end;
$$;
comment on function private.clean_json_text is
  'A JSON string cleaned, empty if nobody sees it; any other value as it is.';

create function private.clean_language_map(map jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(map) <> 'object' then
    return null;
  end if;
  return (
    -- Of hi and hi-IN one would be lost.
    select case when count(*) = count(distinct entry.language) then
      jsonb_object_agg(entry.language, entry.value)
    end
    from (
      select
        coalesce(private.language_of(given.key), given.key) as language,
        case
          when jsonb_typeof(given.value) = 'array' then (
            select coalesce(
              jsonb_agg(private.clean_json_text(item.value) order by item.position), '[]'
            )
            from jsonb_array_elements(given.value) with ordinality as item (value, position)
          )
          else private.clean_json_text(given.value)
        end as value
      from jsonb_each(map) as given
    ) as entry
  );
end;
$$;
comment on function private.clean_language_map is
  'The map with its tags as languages, and its texts, or lists of texts, cleaned; null if it is '
  'none, or says a language twice.';

create function private.parse_language_map(
  value jsonb, reason text, max_length integer, is_required boolean default true
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_map jsonb := private.clean_language_map(parse_language_map.value);
begin
  if coalesce(jsonb_typeof(parse_language_map.value), 'null') = 'null' and not is_required then
    return null;
  end if;
  if private.is_language_map(v_map, max_length) is not true then
    perform private.fail(
      reason, format('an object of language codes and texts of at most %s characters', max_length)
    );
  end if;
  return v_map;
end;
$$;
comment on function private.parse_language_map is
  'An object such as {"en": "Plumbing", "hi": "प्लंबिंग"}.';

create function private.parse_location(value jsonb, reason text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lat numeric;
  v_lng numeric;
  v_key text;
begin
  if parse_location.value is null or jsonb_typeof(parse_location.value) <> 'object' then
    perform private.fail(
      reason, 'an object {address, lat, lng, landmark, postcode, district, city}'
    );
  end if;
  foreach v_key in array array['address', 'landmark', 'postcode', 'district', 'city'] loop
    if coalesce(jsonb_typeof(parse_location.value -> v_key), 'null') not in ('string', 'null') then
      perform private.fail(reason, format('an object whose %s is a text', v_key));
    end if;
  end loop;
  v_lat := private.parse_number(parse_location.value -> 'lat', reason, -90, 90);
  v_lng := private.parse_number(parse_location.value -> 'lng', reason, -180, 180);
  if v_lat is null or v_lng is null then
    perform private.fail(reason, 'an object with lat and lng');
  end if;
  return jsonb_build_object(
    'address', private.parse_text(parse_location.value ->> 'address', reason, 500),
    'landmark', private.parse_text(parse_location.value ->> 'landmark', reason, 200, false),
    'postcode', private.parse_postcode(parse_location.value ->> 'postcode', reason),
    'district', private.parse_text(parse_location.value ->> 'district', reason, 100, false),
    'city', private.parse_text(parse_location.value ->> 'city', reason, 100, false),
    'lat', v_lat,
    'lng', v_lng
  );
end;
$$;
comment on function private.parse_location is
  'A place: WGS 84 degrees and an address; keys that are not known are left out.';

create function private.point(lat double precision, lng double precision)
returns extensions.geography
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return extensions.st_setsrid(extensions.st_makepoint(lng, lat), 4326)::extensions.geography;
end;
$$;
comment on function private.point is 'A geography point of WGS 84 degrees.';

grant execute on function
  private.parse_object, private.clean_json_text, private.clean_language_map,
  private.parse_language_map
to authenticated, service_role;

-- Lists of short texts, and links.

create function private.is_language_lists(map jsonb, max_items integer, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  -- In turns, since what is no object or no array has nothing to look into.
  if jsonb_typeof(map) <> 'object' then
    return false;
  end if;
  if exists (
    select 1
    from jsonb_each(map) as entry
    where entry.key !~ '^[a-z]{2,3}$' or jsonb_typeof(entry.value) <> 'array'
  ) then
    return false;
  end if;
  return map <> '{}'::jsonb
    and (select count(*) from jsonb_object_keys(map)) <= 30
    and not exists (
      select 1
      from jsonb_each(map) as entry
      where jsonb_array_length(entry.value) not between 1 and max_items
        or exists (
          select 1
          from jsonb_array_elements(entry.value) as item
          where jsonb_typeof(item.value) <> 'string'
            or not private.is_text(item.value #>> '{}', max_length)
        )
    );
end;
$$;
comment on function private.is_language_lists is
  'Whether it is a map such as {"en": ["Gas refill", "Cleaning"]}, of 1 to 30 languages.';

create function private.parse_language_lists(
  value jsonb, reason text, max_items integer, max_length integer
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lists jsonb := private.clean_language_map(parse_language_lists.value);
begin
  if coalesce(jsonb_typeof(parse_language_lists.value), 'null') = 'null' then
    return null;
  end if;
  if private.is_language_lists(v_lists, max_items, max_length) is not true then
    perform private.fail(
      reason,
      format(
        'an object of language codes and arrays of 1 to %s texts of at most %s characters',
        max_items, max_length
      )
    );
  end if;
  return v_lists;
end;
$$;
comment on function private.parse_language_lists is
  'An object such as {"en": ["Gas refill", "Cleaning"]}; null stands for null.';

create function private.parse_labels(
  labels text[], reason text, max_items integer, max_length integer
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_labels text[];
begin
  if cardinality(parse_labels.labels) > max_items then
    perform private.fail(reason, format('at most %s texts', max_items));
  end if;
  v_labels := array(
    select private.parse_text(label.value, reason, max_length)
    from unnest(parse_labels.labels) with ordinality as label (value, position)
    order by label.position
  );
  if cardinality(v_labels) <> (select count(distinct label) from unnest(v_labels) as label) then
    perform private.fail(reason, 'different texts');
  end if;
  return v_labels;
end;
$$;
comment on function private.parse_labels is
  'Trimmed texts, all different, in their order; null stands for none.';

create function private.parse_link(value text, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_link text := private.parse_text(parse_link.value, reason, 500, false);
begin
  -- Another scheme, such as javascript:, could run in the page that shows the link.
  if v_link !~ '^https://[^/\s"<>\\]+\.[^\s"<>\\]+$' then
    perform private.fail(reason, 'an address that begins with https://');
  end if;
  return v_link;
end;
$$;
comment on function private.parse_link is 'An https address; empty is null.';

create function private.parse_links(value jsonb, reason text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_links jsonb := private.parse_object(parse_links.value, reason, 8000);
  v_key text;
begin
  for v_key in select jsonb_object_keys(v_links) loop
    if v_key !~ '^[a-z][a-z0-9_]{0,29}$' or jsonb_typeof(v_links -> v_key) <> 'string' then
      perform private.fail(reason, 'an object of names and addresses');
    end if;
    if private.parse_link(v_links ->> v_key, reason) is null then
      perform private.fail(reason, 'an object without empty addresses');
    end if;
  end loop;
  return v_links;
end;
$$;
comment on function private.parse_links is
  'An object such as {"instagram": "https://instagram.com/ravi"}; null stands for the empty one.';

grant execute on function private.is_language_lists to anon, authenticated, service_role;
grant execute on function
  private.parse_language_lists, private.parse_labels, private.parse_link, private.parse_links
to authenticated, service_role;

-- Keyset cursors are opaque to clients: base64url of a JSON array of the last row's sort keys.

create function private.encode_cursor(keys jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return rtrim(translate(encode(convert_to(keys::text, 'UTF8'), 'base64'), E'+/\n', '-_'), '=');
end;
$$;
comment on function private.encode_cursor is 'The cursor that stands after these keys.';

create function private.decode_cursor(cursor text, key_types text[])
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_base64 text := translate(decode_cursor.cursor, '-_', '+/');
  v_keys jsonb;
begin
  if decode_cursor.cursor is null then
    return null;
  end if;
  if decode_cursor.cursor !~ '^[A-Za-z0-9_-]+$' or length(decode_cursor.cursor) > 1000 then
    perform private.fail('invalid_cursor', 'a cursor that an earlier page returned');
  end if;
  v_keys := convert_from(
    decode(v_base64 || repeat('=', (4 - length(v_base64) % 4) % 4), 'base64'), 'UTF8'
  )::jsonb;
  if jsonb_typeof(v_keys) <> 'array'
    or key_types <> array(
      select jsonb_typeof(item.value)
      from jsonb_array_elements(v_keys) with ordinality as item (value, position)
      order by item.position
    )
  then
    perform private.fail('invalid_cursor', 'a cursor of the same listing');
  end if;
  return v_keys;
exception when data_exception or character_not_in_repertoire then
  perform private.fail('invalid_cursor', 'a cursor that an earlier page returned');
  return null;
end;
$$;
comment on function private.decode_cursor is
  'The sort keys, whose JSON types must be key_types. Raises PT400 invalid_cursor.';

-- Lists read one row more than asked for: it tells whether there is a next page.
create function private.page(items jsonb[], keys jsonb[], page_size integer)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_build_object(
    'items', to_jsonb(coalesce(items[:page_size], '{}')),
    'next_cursor', case
      when cardinality(items) > page_size then private.encode_cursor(keys[page_size])
    end
  )
$$;
comment on function private.page is
  'The page {items, next_cursor} of these items; keys: what each is sorted by, for the cursor.';

-- A client that did not hear an answer repeats its call under the same key and gets the first
-- answer. A call that fails leaves no key behind, since its transaction is rolled back.
create table private.idempotency_keys (
  -- Nil for service_role.
  user_id      uuid not null,
  key          text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  response     jsonb,
  created_at   timestamptz not null default private.now(),
  primary key (user_id, key)
);
comment on table private.idempotency_keys is 'First answers of calls that carried a key.';
comment on column private.idempotency_keys.request_hash is
  'SHA-256 of the function and its arguments.';
comment on column private.idempotency_keys.response is
  'Null only inside the transaction of the first call.';
create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- Raises PT400 invalid_idempotency_key, and PT409 idempotency_key_reused for another request.
create function private.claim_idempotency_key(user_id uuid, key text, request jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_key text := private.parse_text(
    claim_idempotency_key.key, 'invalid_idempotency_key', 200, false
  );
  v_hash bytea := sha256(convert_to(request::text, 'UTF8'));
  v_claimed private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;
  -- A second call waits here for the first to end, and then sees its answer.
  insert into private.idempotency_keys as claim (user_id, key, request_hash)
  values (claim_idempotency_key.user_id, v_key, v_hash)
  on conflict on constraint idempotency_keys_pkey do update set key = excluded.key
  returning claim.* into v_claimed;

  if v_claimed.request_hash <> v_hash then
    perform private.fail('idempotency_key_reused');
  end if;
  return v_claimed.response;
end;
$$;
comment on function private.claim_idempotency_key is
  'The first answer of the same request, or null when this call is the first.';

create function private.store_idempotent_response(user_id uuid, key text, response jsonb)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.idempotency_keys as claim
  set response = store_idempotent_response.response
  where claim.user_id = store_idempotent_response.user_id
    and claim.key = btrim(store_idempotent_response.key, E' \t\r\n')
$$;
comment on function private.store_idempotent_response is
  'Keeps the answer of the call that claimed the key.';

create function private.delete_old_idempotency_keys()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from private.idempotency_keys
    where created_at < private.now() - interval '2 days'
    returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_idempotency_keys is
  'Job: forgets answers after two days. Returns how many.';

-- Where a request comes from. Callers write into any header what they like, so an address is
-- taken only from what somebody of ours wrote.

create table private.client_ip_headers (
  name    text primary key check (name ~ '^[a-z][a-z0-9-]{0,99}$'),
  is_only boolean not null default true unique check (is_only)
);
comment on table private.client_ip_headers is
  'The header in which the proxy before the Data API tells the address of the caller, written over
what the caller sent, as Cloudflare does on hosted Supabase. No row where there is no such proxy.';

create table private.function_proofs (
  proof   text not null default encode(extensions.gen_random_bytes(32), 'hex'),
  is_only boolean primary key default true check (is_only)
);
comment on table private.function_proofs is
  'The secret by which the database knows a call that one of our functions makes for somebody.';
insert into private.function_proofs default values on conflict do nothing;

create function private.function_proof()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select proof from private.function_proofs
$$;
comment on function private.function_proof is
  'What a function with a secret key sends as x-karigar-proof beside x-karigar-client-ip.';

select private.expose('function_proof', 'service_role');

create function private.request_header(name text)
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> name
$$;
comment on function private.request_header is
  'A header of the request, lowercase; null outside of the Data API.';

create function private.parse_ip(value text)
returns inet
language plpgsql
immutable
set search_path = ''
as $$
begin
  return nullif(btrim(parse_ip.value), '')::inet;
exception when data_exception then
  return null;
end;
$$;
comment on function private.parse_ip is 'An address of IPv4 or IPv6; null if it is none.';

create function private.client_ip()
returns inet
language sql
stable
security definer
set search_path = ''
as $$
  select private.parse_ip(coalesce(
    (
      select private.request_header('x-karigar-client-ip') from private.function_proofs
      where proof = private.request_header('x-karigar-proof')
    ),
    (select private.request_header(name) from private.client_ip_headers),
    -- The last hop is what the gateway itself has seen.
    substring(private.request_header('x-forwarded-for') from '[^,]*$')
  ))
$$;
comment on function private.client_ip is
  'The address that the request comes from, as far as somebody of ours has seen it.';

-- How many of something there may be. A limit is a row; one helper takes turns, counts and refuses,
-- so that no limit can be raced. Tables that clients insert into carry theirs as a trigger, which
-- runs after the policies: strangers neither wait nor make others wait.
create table private.limits (
  name       text primary key check (name ~ '^[a-z_]+$'),
  maximum    integer not null check (maximum > 0),
  counted    text not null,
  reason     text not null references private.errors on delete restrict,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table private.limits is
  'How many of something one subject may have; each domain adds its own.';
comment on column private.limits.counted is 'SQL that counts what the subject $1 (text) has.';
comment on column private.limits.reason is 'Of the refusal, whose texts may have the maximum.';
create index limits_reason_idx on private.limits (reason);
create trigger _100_timestamps before insert or update on private.limits
  for each row execute function private.tg__timestamps();

create function private.take_turn(limit_name text, subject text)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(limit_name || ':' || subject, 0))
$$;
comment on function private.take_turn is
  'Waits for everybody else who counts the same; the turn ends with the transaction.';
grant execute on function private.take_turn to authenticated, service_role;

-- Raises what the row says.
create function private.require_room(
  limit_name text, subject text, adding integer default 1, maximum integer default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit private.limits;
  v_maximum integer;
  v_count bigint;
begin
  select * into strict v_limit
  from private.limits as limited
  where limited.name = require_room.limit_name;
  v_maximum := coalesce(require_room.maximum, v_limit.maximum);
  perform private.take_turn(v_limit.name, subject);
  -- A statement of its own, so that it sees what whoever had the turn before has committed.
  execute v_limit.counted into v_count using subject;
  if v_count + adding > v_maximum then
    perform private.fail(v_limit.reason, v_maximum::text);
  end if;
end;
$$;
comment on function private.require_room is
  'Refuses to add so many to what the subject has; 0 where they are in already. maximum: instead of
the row''s, where a market has its own.';

-- Arguments: the limit, and the column that holds its subject.
create function private.tg__limit()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject text;
begin
  if tg_level = 'ROW' then
    perform private.require_room(tg_argv[0], to_jsonb(new) ->> tg_argv[1], 0);
    return null;
  end if;
  -- In order, so that two inserts for several subjects can't wait for each other.
  for v_subject in execute
    format('select distinct added.%I::text as subject from added order by subject', tg_argv[1])
  loop
    perform private.require_room(tg_argv[0], v_subject, 0);
  end loop;
  return null;
end;
$$;
comment on function private.tg__limit is
  'Triggers _600_limit after insert, for each statement, referencing new table as added; for each
row where a condition says which rows count.';

-- Files. Storage asks the policies before the bytes come, and then writes the row as a superuser;
-- whoever has a signed upload URL may come hours later. So policies say who may begin, and triggers
-- on storage.objects say what holds in the end: rights, limits, and that what is final stays as it
-- is. They raise 42501, the one refusal whose words Storage passes on.

create function private.is_upload()
returns boolean
language sql
stable
set search_path = ''
as $$
  select storage.operation() in ('storage.object.upload', 'storage.object.upload_update')
$$;
comment on function private.is_upload is
  'Whether Storage uploads a file in one request: it neither signs an upload for later, nor resumes
one, nor takes one by S3, nor copies or moves.';
grant execute on function private.is_upload to authenticated, service_role;

create function private.is_download()
returns boolean
language sql
stable
set search_path = ''
as $$
  -- Two of the names are older than their prefix. A download asks for the file's info first.
  select coalesce(storage.operation(), '') in (
    'storage.object.get_authenticated', 'storage.object.info_authenticated',
    'object.get_authenticated_info', 'object.head_authenticated_info', 'storage.object.sign',
    'storage.object.sign_many', 'storage.render.image_authenticated'
  )
$$;
comment on function private.is_download is
  'Whether Storage reads a file that is asked for by its path, or signs that; it lists none.';

grant execute on function private.is_download to anon, authenticated, service_role;

create function private.tg_objects__refuse_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.fail('file_is_final', old.bucket_id);
  return null;
end;
$$;
comment on function private.tg_objects__refuse_change is
  'Triggers _500_keep_… of storage.objects, for buckets whose files are final.';

create function private.require_picture(name text, metadata jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- Before the bytes come, contentLength is what the client says; size is what has come.
  if coalesce(metadata ->> 'size', metadata ->> 'contentLength') = '0' then
    perform private.fail('file_empty');
  end if;
  if name ~* '\.(heic|heif)$' or metadata ->> 'mimetype' in ('image/heic', 'image/heif') then
    perform private.fail('file_is_heic');
  end if;
  if name !~* '\.(jpg|jpeg|png|webp|gif)$' then
    perform private.fail('file_name_not_allowed');
  end if;
end;
$$;
comment on function private.require_picture is
  'Refuses a file without content, and names of anything but a picture. Of metadata, which Storage
fills, it knows mimetype, contentLength and size (bytes).';
