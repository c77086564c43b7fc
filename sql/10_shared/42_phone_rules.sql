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
