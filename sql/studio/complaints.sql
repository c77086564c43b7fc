-- Disputed bookings, the oldest first: what each side said, and what is known of both.
select
  booking.market_id as market,
  booking.number,
  booking.status_changed_at as disputed_at,
  private.now() - booking.status_changed_at as waits,
  booking.status_reason as complaint,
  customer.id as customer_id,
  customer.display_name as customer,
  (
    select count(*)
    from public.booking_status_history as move
    where move.actor_id = customer.id and move.to_status = 'disputed'
  ) as complaints_of_customer,
  provider.id as provider_id,
  coalesce(provider.names ->> 'en', provider.names ->> market.default_language) as business,
  (
    select count(*)
    from public.booking_status_history as move
    join public.bookings as other on other.id = move.booking_id
    where other.provider_id = provider.id and move.to_status = 'disputed'
  ) as complaints_about_business,
  booking.total_amount,
  booking.currency,
  (
    select string_agg(
      format('%s %s: %s', move.created_at, move.actor, move.to_status)
        || coalesce(format(' (%s)', move.reason), ''),
      e'\n' order by move.position
    )
    from public.booking_status_history as move
    where move.booking_id = booking.id
  ) as history,
  (
    select string_agg(
      format('%s: %s of 5', review.side, review.overall_rating)
        || coalesce(format(' (%s)', review.comment), ''),
      e'\n' order by review.created_at
    )
    from public.reviews as review
    where review.booking_id = booking.id
  ) as reviews,
  (
    select sum(conversation.message_count)
    from public.conversations as conversation
    where conversation.booking_id = booking.id
  ) as messages,
  booking.id as booking_id
from public.bookings as booking
join public.markets as market on market.id = booking.market_id
join public.providers as provider on provider.id = booking.provider_id
join public.profiles as customer on customer.id = booking.customer_id
where booking.status = 'disputed'
order by booking.status_changed_at;
