-- What a customer's bookings and reviews tell. It reads as many rows as the customer has,
-- by indexes, so there is no counter to keep. What was spent is not counted here.
create function private.customer_statistics()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  return (
    select jsonb_build_object(
      'booking_count', count(*),
      'completed_count', count(*) filter (where booking.status = 'completed'),
      'cancelled_count', count(*) filter (where booking.status = 'cancelled'),
      'last_completed_at', max(booking.ends_at) filter (where booking.status = 'completed')
    )
    from public.bookings as booking
    where booking.customer_id = v_me and booking.status <> 'draft'
  ) || (
    select jsonb_build_object(
      'review_count', count(*),
      'average_rating_given', round(avg(review.overall_rating), 2)
    )
    from public.reviews as review
    where review.customer_id = v_me and review.side = 'customer'
  );
end;
$$;
comment on function private.customer_statistics is
  'The caller''s bookings: {booking_count, completed_count, cancelled_count, last_completed_at},
and reviews of businesses: {review_count, average_rating_given: 1 to 5, null without a review}.
Drafts don''t count; last_completed_at is when the last completed job was to end.';

select private.expose('customer_statistics', 'authenticated');
