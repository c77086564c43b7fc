-- A participant writes. The client's own id makes it safe to repeat.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('send_message', 30, 10, 'too_many_messages')
on conflict (action) do nothing;

-- Fails with PT400 invalid_…, PT404 media_not_found and booking_not_found.
create function private.message_content(
  conversation public.conversations,
  kind text,
  body text,
  media jsonb,
  location jsonb,
  booking_id text
)
returns public.messages
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_message public.messages;
  v_booking public.bookings;
begin
  if (message_content.kind in ('text', 'image', 'location', 'booking')) is not true then
    perform private.fail('invalid_kind', 'text, image, location or booking');
  end if;
  if (coalesce(jsonb_typeof(media), 'null') = 'null') = (kind = 'image') then
    perform private.fail('invalid_media', 'given for an image, and absent otherwise');
  end if;
  if (coalesce(jsonb_typeof(location), 'null') = 'null') = (kind = 'location') then
    perform private.fail('invalid_location', 'given for a location, and absent otherwise');
  end if;
  if (message_content.booking_id is null) = (kind = 'booking') then
    perform private.fail('invalid_booking_id', 'given for a booking, and absent otherwise');
  end if;

  v_message.kind := kind;
  v_message.body := private.parse_text(body, 'invalid_body', 4000, kind = 'text');
  case kind
    when 'image' then
      v_message.media := private.parse_chat_media(media, (conversation).id);
    when 'location' then
      v_message.location := private.parse_point(location, 'invalid_location');
      if coalesce(jsonb_typeof(location -> 'address'), 'null') not in ('string', 'null') then
        perform private.fail('invalid_location', 'an object whose address is a text');
      end if;
      v_message.address := private.parse_text(
        location ->> 'address', 'invalid_location', 500, false
      );
    when 'booking' then
      v_booking := private.require_booking(
        private.parse_uuid(message_content.booking_id, 'invalid_booking_id')
      );
      -- Between a customer and a business, only a booking of these two.
      if (conversation).kind <> 'support'
        and (v_booking.customer_id, v_booking.provider_id)
          is distinct from ((conversation).customer_id, (conversation).provider_id)
      then
        perform private.fail('booking_not_found');
      end if;
      v_message.booking_id := v_booking.id;
    else null;
  end case;
  return v_message;
end;
$$;
comment on function private.message_content is
  'What a message says, checked; the rest of the row is null.';

create function private.parse_point(value jsonb, reason text)
returns extensions.geography
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lat numeric;
  v_lng numeric;
begin
  if jsonb_typeof(parse_point.value) = 'object' then
    v_lat := private.parse_number(parse_point.value -> 'lat', reason, -90, 90);
    v_lng := private.parse_number(parse_point.value -> 'lng', reason, -180, 180);
  end if;
  if v_lat is null or v_lng is null then
    perform private.fail(reason, 'an object with lat and lng');
  end if;
  return private.point(v_lat::float8, v_lng::float8);
end;
$$;
comment on function private.parse_point is 'The point of {lat, lng}, WGS 84.';

create function private.sent_message(sender_id uuid, conversation_id uuid, client_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.message_json(message, message.sender_side)
  from public.messages as message
  where message.sender_id = sent_message.sender_id
    and message.conversation_id = sent_message.conversation_id
    and message.client_id = sent_message.client_id
$$;
comment on function private.sent_message is
  'The message that the sender has sent under this id, if any.';

create function private.send_message(
  conversation_id text,
  client_id text,
  kind text default 'text',
  body text default null,
  media jsonb default null,
  location jsonb default null,
  booking_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations := private.require_conversation(
    send_message.conversation_id
  );
  v_client_id uuid := private.parse_uuid(send_message.client_id, 'invalid_client_id');
  v_answer jsonb := private.sent_message(v_me, v_conversation.id, v_client_id);
  v_content public.messages;
  v_message public.messages;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_content := private.message_content(
    v_conversation, send_message.kind, send_message.body, send_message.media,
    send_message.location, send_message.booking_id
  );
  if private.is_blocked_in(v_conversation.id, v_me) then
    perform private.fail('blocked_by_participant');
  end if;
  perform private.take_token(v_me, 'send_message');

  -- Of two calls with one client id the second waits here, and then finds the first one's message.
  -- The insert must not meet it: the position that it had taken would be missing.
  perform 1
  from public.conversations as conversation
  where conversation.id = v_conversation.id
  for no key update;
  v_answer := private.sent_message(v_me, v_conversation.id, v_client_id);
  if v_answer is not null then
    return v_answer;
  end if;
  insert into public.messages
    (conversation_id, sender_id, client_id, kind, body, media, location, address, booking_id)
  values (
    v_conversation.id, v_me, v_client_id, v_content.kind, v_content.body, v_content.media,
    v_content.location, v_content.address, v_content.booking_id
  )
  returning * into v_message;
  return private.message_json(v_message, v_message.sender_side);
end;
$$;
comment on function private.send_message is
  'Writes a message, and answers it.
client_id: a UUID of the client''s own; the same one again answers the first message.
kind: text (body), image (media: {path, width?, height?} of an object in the bucket chat-media),
location (location: {lat, lng, address?}), booking (booking_id). body: the text, or a caption.';

select private.expose('send_message', 'authenticated');
