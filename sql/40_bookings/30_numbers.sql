-- Booking numbers that people read: BK-2026-000123, counted per market and calendar year.
-- A counter row would make all bookings of a market wait for each other until commit. A sequence
-- does not; its price is gaps where a booking was refused.
create table private.booking_number_years (
  market_id  text not null references public.markets on delete cascade,
  year       integer not null,
  -- Value of the market's sequence when the year began.
  base_value bigint not null,
  created_at timestamptz not null default private.now(),
  primary key (market_id, year)
);
comment on table private.booking_number_years is
  'Where the sequence of a market stood at the first booking of each year.';

create function private.tg_markets__create_sequence()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  execute format('create sequence if not exists private.%I', 'booking_numbers_' || new.id);
  return null;
end;
$$;
comment on function private.tg_markets__create_sequence is
  'Trigger _500_create_sequence of markets.';

create trigger _500_create_sequence after insert on public.markets
  for each row execute function private.tg_markets__create_sequence();

-- Markets that came with the migrations.
create sequence private.booking_numbers_bihar;
create sequence private.booking_numbers_baitech;
create sequence private.booking_numbers_localpro;
create sequence private.booking_numbers_atyrau;
create sequence private.booking_numbers_servicepro;

create function private.next_booking_number(market public.markets)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_sequence regclass := format('private.%I', 'booking_numbers_' || (market).id)::regclass;
  v_year integer := extract(year from private.now() at time zone (market).time_zone);
  v_base_value bigint;
  v_number bigint;
begin
  select known.base_value into v_base_value
  from private.booking_number_years as known
  where known.market_id = (market).id and known.year = v_year;
  if not found then
    -- Once a year; the second transaction waits for the first and reads its row.
    insert into private.booking_number_years as first (market_id, year, base_value)
    values ((market).id, v_year, nextval(v_sequence))
    on conflict on constraint booking_number_years_pkey do update set year = excluded.year
    returning first.base_value into v_base_value;
  end if;
  v_number := nextval(v_sequence) - v_base_value;
  -- lpad alone would cut the seventh digit off.
  return format(
    '%s-%s-%s', (market).number_prefix, v_year,
    lpad(v_number::text, greatest(6, length(v_number::text)), '0')
  );
end;
$$;
comment on function private.next_booking_number is
  'The next number of the market in its current year.';
