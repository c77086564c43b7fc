-- Why a business has its score, and what businesses say of a customer.

create function private.provider_reputation(provider_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('provider_id', provider.id)
    || private.current_reputation(provider.id)
  from private.require_visible_provider(
    private.parse_uuid(provider_id, 'invalid_provider_id')
  ) as provider (id)
$$;
comment on function private.provider_reputation is
  'The reputation of a business and why it is so: {provider_id, score, score_before_penalties,
factors: [{factor, raw_value, score, weight, contribution}], penalties: [{reason, multiplier}],
formula_version}. Scores are 0 to 100, the weights add up to 1.';

create function private.customer_rating(booking_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'customer_id', booking.customer_id,
    'rating_count', count(review.id),
    'rating_average', round(avg(review.overall_rating), 2)
  )
  from private.require_booking(private.parse_uuid(booking_id, 'invalid_booking_id')) as booking
  left join public.reviews as review
    on review.customer_id = booking.customer_id and review.side = 'provider'
  group by booking.customer_id
$$;
comment on function private.customer_rating is
  'How businesses rated the customer of a booking: {customer_id, rating_count, rating_average}, for
the customer and for the business of the booking.';

select private.expose('provider_reputation', 'anon', 'authenticated', 'service_role');
select private.expose('customer_rating', 'authenticated', 'service_role');
