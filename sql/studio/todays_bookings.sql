-- Bookings that start today, by the clock of their market.
select
  booking.market_id as market,
  to_char(booking.starts_at at time zone market.time_zone, 'HH24:MI') as starts,
  to_char(booking.ends_at at time zone market.time_zone, 'HH24:MI') as ends,
  booking.number,
  booking.status,
  booking.status_reason,
  coalesce(provider.names ->> 'en', provider.names ->> market.default_language) as business,
  customer.display_name as customer,
  coalesce(booking.contact_phone, account.phone) as phone,
  concat_ws(', ', booking.address, booking.landmark, booking.city) as place,
  (
    select string_agg(
      coalesce(line.names ->> 'en', line.names ->> market.default_language), ', '
      order by line.position
    )
    from public.booking_services as line
    where line.booking_id = booking.id
  ) as services,
  booking.total_amount,
  booking.currency,
  booking.id as booking_id
from public.bookings as booking
join public.markets as market on market.id = booking.market_id
join public.providers as provider on provider.id = booking.provider_id
join public.profiles as customer on customer.id = booking.customer_id
join auth.users as account on account.id = customer.id
cross join lateral (
  select date_trunc('day', private.now() at time zone market.time_zone) as begins
) as today
where booking.starts_at >= today.begins at time zone market.time_zone
  and booking.starts_at < (today.begins + interval '1 day') at time zone market.time_zone
order by booking.market_id, booking.starts_at, booking.number;
