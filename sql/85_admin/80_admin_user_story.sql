-- One user's whole story, for the admin who decides about them. To look is an action like others,
-- so it is logged.

create function private.admin_user_story(user_id text, reason text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(admin_user_story.user_id, 'invalid_user_id');
  v_reason text := private.parse_text(admin_user_story.reason, 'invalid_reason', 1000, false);
  v_story jsonb;
begin
  perform private.require_admin();
  select jsonb_build_object(
    'profile', to_jsonb(profile),
    'account', jsonb_build_object(
      'email', account.email,
      'phone', account.phone,
      'created_at', account.created_at,
      'last_sign_in_at', account.last_sign_in_at,
      'banned_until', account.banned_until
    ),
    'roles', (
      select coalesce(jsonb_agg(granted.role order by granted.role), '[]')
      from public.user_roles as granted
      where granted.user_id = v_id
    ),
    'memberships', (
      select coalesce(
        jsonb_agg(
          private.provider_state(provider)
            || jsonb_build_object('names', provider.names, 'role', member.role)
          order by provider.id
        ),
        '[]'
      )
      from public.provider_members as member
      join public.providers as provider on provider.id = member.provider_id
      where member.user_id = v_id
    ),
    'bookings', (
      select jsonb_build_object(
        'as_customer', coalesce(
          jsonb_object_agg(counted.status, counted.bookings)
            filter (where counted.side = 'customer'),
          '{}'
        ),
        'of_businesses', coalesce(
          jsonb_object_agg(counted.status, counted.bookings)
            filter (where counted.side = 'provider'),
          '{}'
        )
      )
      from (
        select side.name as side, booking.status, count(*) as bookings
        from (values ('customer'), ('provider')) as side (name)
        join public.bookings as booking
          on side.name = 'customer' and booking.customer_id = v_id
          or side.name = 'provider' and booking.provider_id in (
            select member.provider_id
            from public.provider_members as member
            where member.user_id = v_id
          )
        group by side.name, booking.status
      ) as counted
    ),
    'last_moves', (
      select coalesce(jsonb_agg(to_jsonb(move) order by move.at desc), '[]')
      from (
        select
          booking.number, history.booking_id, history.to_status, history.actor, history.reason,
          history.created_at as at
        from public.booking_status_history as history
        join public.bookings as booking on booking.id = history.booking_id
        where history.actor_id = v_id
        order by history.created_at desc
        limit 50
      ) as move
    ),
    'admin_actions', (
      select coalesce(jsonb_agg(to_jsonb(logged) order by logged.id desc), '[]')
      from (
        select logged.*
        from public.admin_actions as logged
        where logged.resource_type = 'user' and logged.resource_id = v_id::text
        order by logged.id desc
        limit 50
      ) as logged
    )
  )
  into v_story
  from public.profiles as profile
  join auth.users as account on account.id = profile.id
  where profile.id = v_id;
  if v_story is null then
    perform private.fail('user_not_found');
  end if;
  perform private.log_admin_action(
    'admin_user_story', 'user', v_id::text, null, null, v_reason
  );
  return v_story;
end;
$$;
comment on function private.admin_user_story is
  'For admins: profile, account, roles, businesses, bookings by status, last 50 moves, and last 50
actions of admins about the user. The log keeps who looked, and why if reason says so.';

select private.expose('admin_user_story', 'authenticated');
