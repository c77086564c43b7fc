-- A conversation begins. Constraints make it happen once: whoever starts it again gets it back.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('start_conversation', 20, 3600, 'too_many_conversations')
on conflict (action) do nothing;

-- Fails with PT404 provider_not_found, PT409 own_business.
create function private.new_direct_conversation(customer_id uuid, provider_id text)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_id uuid := private.parse_uuid(
    new_direct_conversation.provider_id, 'invalid_provider_id'
  );
  v_provider public.providers;
  v_conversation public.conversations;
begin
  select * into v_provider
  from public.providers as provider
  where provider.id = v_provider_id
  for share;
  if v_provider.id is null or v_provider.status <> 'active' then
    perform private.fail('provider_not_found');
  end if;
  perform private.require_no_member(v_provider.id, customer_id);
  insert into public.conversations (kind, customer_id, provider_id)
  values ('direct', new_direct_conversation.customer_id, v_provider_id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_direct_conversation is
  'A customer turns to a business; null if they talk already. Businesses can''t turn to people '
  'whose booking they do not have.';

-- Fails with PT404 booking_not_found: also for those who see the booking but have no part in it.
create function private.new_booking_conversation(booking_id text)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings := private.require_booking(
    private.parse_uuid(new_booking_conversation.booking_id, 'invalid_booking_id')
  );
  v_conversation public.conversations;
begin
  if v_booking.status = 'draft'
    or not private.my_booking_actors(v_booking) && '{customer,provider,crew}'
  then
    perform private.fail('booking_not_found');
  end if;
  perform 1
  from public.providers as provider
  where provider.id = v_booking.provider_id
  for share;
  insert into public.conversations (kind, customer_id, provider_id, booking_id)
  values ('booking', v_booking.customer_id, v_booking.provider_id, v_booking.id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_booking_conversation is
  'Either side of a booking begins to talk about it; null if they talk already.';

create function private.new_support_conversation(customer_id uuid)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  perform private.lock_support_staff(true);
  insert into public.conversations (kind, customer_id)
  values ('support', new_support_conversation.customer_id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_support_conversation is
  'Somebody turns to support; null if they talk already.';

create function private.start_conversation(
  kind text, provider_id text default null, booking_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations;
begin
  if (start_conversation.kind in ('direct', 'booking', 'support')) is not true then
    perform private.fail('invalid_kind', 'direct, booking or support');
  end if;
  if (start_conversation.provider_id is null) = (start_conversation.kind = 'direct') then
    perform private.fail('invalid_provider_id', 'given for direct, and absent otherwise');
  end if;
  if (start_conversation.booking_id is null) = (start_conversation.kind = 'booking') then
    perform private.fail('invalid_booking_id', 'given for booking, and absent otherwise');
  end if;
  v_conversation := case start_conversation.kind
    when 'direct' then private.new_direct_conversation(v_me, start_conversation.provider_id)
    when 'booking' then private.new_booking_conversation(start_conversation.booking_id)
    else private.new_support_conversation(v_me)
  end;
  if v_conversation.id is null then
    select * into strict v_conversation
    from public.conversations as conversation
    where conversation.kind = start_conversation.kind
      and case start_conversation.kind
        when 'direct' then conversation.customer_id = v_me
          and conversation.provider_id = start_conversation.provider_id::uuid
        when 'booking' then conversation.booking_id = start_conversation.booking_id::uuid
        else conversation.customer_id = v_me
      end;
    return private.conversation_json(v_conversation, v_me);
  end if;

  perform private.take_token(v_me, 'start_conversation');
  -- The customer's row comes first, so a customer who works for the business too stays a customer.
  insert into public.conversation_participants (conversation_id, user_id, side, last_message_at)
  select distinct on (person.user_id)
    v_conversation.id, person.user_id, person.side, v_conversation.last_message_at
  from (
    select v_conversation.customer_id, 'customer'
    union all
    select member.user_id, 'provider'
    from public.provider_members as member
    where member.provider_id = v_conversation.provider_id
    union all
    select staff.user_id, 'support'
    from private.support_staff() as staff (user_id)
    where v_conversation.kind = 'support'
  ) as person (user_id, side)
  order by person.user_id, person.side;
  return private.conversation_json(v_conversation, v_me);
end;
$$;
comment on function private.start_conversation is
  'Begins a conversation, or answers the one that there is.
kind: direct (a customer with the business provider_id), booking (both sides of booking_id) or
support.';

select private.expose('start_conversation', 'authenticated');
