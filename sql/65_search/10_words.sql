-- Words as search compares them, the same for what is stored and what is asked for.

-- Case, accents and compatibility forms go. Devanagari: the nukta goes, and a nasal before a
-- stop is written as anusvara, so प्लम्बर and प्लंबर are one word. Arabic script: vowel marks go,
-- and Arabic and Urdu forms of yeh, kaf and heh are one letter.
create function private.search_words(value text)
returns text[]
language sql
stable
parallel safe
set search_path = ''
as $$
  with folded as (
    select lower(
      regexp_replace(
        normalize(extensions.unaccent(search_words.value), nfkd),
        '[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c\u200b-\u200f]', '', 'g'
      ) collate pg_catalog.pg_c_utf8
    ) as text
  ), unified as (
    select translate(
      regexp_replace(
        folded.text,
        '[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u092d])|\u0901',
        U&'\0902',
        'g'
      ),
      U&'\064A\0649\0643\0647\0629\06C0',
      U&'\06CC\06CC\06A9\06C1\06C1\06C1'
    ) as text
    from folded
  )
  select coalesce(array_agg(distinct word order by word), '{}')
  from unified,
    regexp_split_to_table(
      unified.text,
      -- All of ASCII that is no letter or digit, and the punctuation of our scripts.
      '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf'
        || '\u0964\u0965\u060c\u061b\u061f\u06d4\u2010-\u2060\u3000]+'
    ) as word
  where word <> ''
$$;
comment on function private.search_words is 'The different words of a text, folded for comparison.';
