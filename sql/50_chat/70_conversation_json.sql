-- A conversation as one of its participants sees it.
create function private.conversation_json(conversation public.conversations, viewer_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (conversation).id,
    'kind', (conversation).kind,
    'provider', (
      select jsonb_build_object('id', provider.id, 'slug', provider.slug, 'names', provider.names)
      from public.providers as provider
      where provider.id = (conversation).provider_id
    ),
    'customer', (
      select jsonb_build_object('id', customer.id, 'display_name', customer.display_name)
      from public.profiles as customer
      where customer.id = (conversation).customer_id
    ),
    'booking', (
      select jsonb_build_object(
        'id', booking.id, 'number', booking.number, 'status', booking.status
      )
      from public.bookings as booking
      where booking.id = (conversation).booking_id
    ),
    -- Colleagues see who works for support, customers don't.
    'participants', (
      select jsonb_agg(
        jsonb_build_object(
          'user_id', participant.user_id,
          'display_name', person.display_name,
          'photo_path', person.photo_path,
          'side', participant.side,
          'last_read_position', participant.last_read_position
        )
        order by participant.side, participant.user_id
      )
      from public.conversation_participants as participant
      join public.profiles as person on person.id = participant.user_id
      where participant.conversation_id = (conversation).id
        and (participant.side <> 'support' or mine.side = 'support')
    ),
    'message_count', (conversation).message_count,
    'last_message', (
      select private.message_json(message, mine.side)
      from public.messages as message
      where message.conversation_id = (conversation).id
        and message.position = (conversation).message_count
    ),
    'last_message_at', (conversation).last_message_at,
    'side', mine.side,
    'unread_count', mine.unread_count,
    'last_read_position', mine.last_read_position,
    'last_read_message_id', (
      select message.id
      from public.messages as message
      where message.conversation_id = (conversation).id
        and message.position = mine.last_read_position
    ),
    'is_muted', mine.is_muted,
    'is_archived', mine.is_archived,
    'is_pinned', mine.is_pinned,
    'created_at', (conversation).created_at
  )
  from public.conversation_participants as mine
  where mine.conversation_id = (conversation).id and mine.user_id = viewer_id
$$;
comment on function private.conversation_json is
  'The conversation as RPCs answer it to the viewer; null if they take no part in it.';
