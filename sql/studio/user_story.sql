-- A user's whole story, as a list of what happened, the latest first. Write the phone (with its
-- calling code), e-mail or id of the user into `wanted`. Chats are counted, not read.
with wanted as (
  select '+91 98765 43210' as phone_or_email_or_id
), person as (
  select account.*
  from wanted
  join auth.users as account
    on wanted.phone_or_email_or_id in (account.phone, account.email, account.id::text)
    or '+' || account.phone = private.normalize_phone(wanted.phone_or_email_or_id)
), story as (
  select
    person.created_at as at, 'signed up' as what,
    jsonb_build_object('id', person.id, 'phone', person.phone, 'email', person.email) as details
  from person
  union all
  select person.last_sign_in_at, 'signed in last', '{}'
  from person
  where person.last_sign_in_at is not null
  union all
  select granted.created_at, 'became ' || granted.role, jsonb_build_object('by', granted.granted_by)
  from person
  join public.user_roles as granted on granted.user_id = person.id
  union all
  select
    member.created_at, 'became ' || member.role || ' of a business',
    jsonb_build_object('provider_id', provider.id, 'names', provider.names,
      'status', provider.status)
  from person
  join public.provider_members as member on member.user_id = person.id
  join public.providers as provider on provider.id = member.provider_id
  union all
  select
    booking.created_at, 'booked',
    jsonb_build_object('number', booking.number, 'status', booking.status,
      'provider_id', booking.provider_id, 'total_amount', booking.total_amount,
      'currency', booking.currency)
  from person
  join public.bookings as booking on booking.customer_id = person.id
  union all
  select
    move.created_at, 'moved a booking to ' || move.to_status,
    jsonb_build_object('number', booking.number, 'as', move.actor, 'reason', move.reason)
  from person
  join public.booking_status_history as move on move.actor_id = person.id
  join public.bookings as booking on booking.id = move.booking_id
  where move.from_status is not null
  union all
  select
    review.created_at,
    case when review.author_id = person.id then 'wrote a review' else 'was reviewed' end,
    jsonb_build_object('booking_id', review.booking_id, 'stars', review.overall_rating,
      'comment', review.comment)
  from person
  join public.reviews as review
    on review.author_id = person.id
    or (review.customer_id = person.id and review.side = 'provider')
  union all
  select
    conversation.created_at, 'began to talk',
    jsonb_build_object('conversation_id', conversation.id, 'kind', conversation.kind,
      'messages', conversation.message_count)
  from person
  join public.conversation_participants as mine on mine.user_id = person.id
  join public.conversations as conversation on conversation.id = mine.conversation_id
  union all
  select
    logged.created_at, 'admin: ' || logged.action,
    jsonb_build_object('by', logged.admin_id, 'reason', logged.reason, 'after', logged.after)
  from person
  join public.admin_actions as logged
    on logged.resource_type = 'user' and logged.resource_id = person.id::text
  union all
  select
    logged.created_at, 'as admin: ' || logged.action,
    jsonb_build_object('resource', concat_ws(' ', logged.resource_type, logged.resource_id),
      'reason', logged.reason, 'ip', logged.ip)
  from person
  join public.admin_actions as logged on logged.admin_id = person.id
)
select story.at, story.what, story.details
from story
order by story.at desc, story.what;
