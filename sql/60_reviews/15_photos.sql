-- Photos of reviews lie in the private bucket review-photos, as <review_key>/<side>/<file>. Anybody
-- may see one that is part of a public review, but its path does not tell whose booking it was, and
-- others are not listed. They are uploaded before the review, by the side that may write it, and
-- never change; one that is removed before the review makes room for another. (The bucket takes
-- HEIC, but the trigger refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'review-photos', 'review-photos', false, 5242880,
  '{image/jpeg,image/png,image/webp,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.review_photo_place(name text)
returns table (review_key uuid, side text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select found.review_key, split_part(name, '/', 2)
  from private.uuid_in(name, '^<id>/(?:customer|provider)/[^/]+$') as found (review_key)
  where found.review_key is not null
$$;
comment on function private.review_photo_place is
  'Key of the booking and side that a path in review-photos belongs to; no row for any other path.';

create function private.my_review_side(booking public.bookings)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when mine.actors[1] = 'provider' then 'provider'
    -- A customer whom the business has hired since can't review it any more.
    when mine.actors[1] = 'customer' and not mine.actors && '{provider,crew}' then 'customer'
  end
  from (select private.my_booking_actors(booking) as actors) as mine
$$;
comment on function private.my_review_side is
  'As whom the caller reviews this booking: customer, provider or null.';

create function private.can_change_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from private.review_photo_place(name) as place
    join public.bookings as booking on booking.review_key = place.review_key
    where booking.status = 'completed'
      -- The planner takes a plain equality for a key, and works it out for every booking.
      and place.side = any (array[private.my_review_side(booking)])
      and not exists (
        select 1
        from public.reviews as review
        where review.booking_id = booking.id and review.side = place.side
      )
  )
$$;
comment on function private.can_change_review_photo is
  'Whether the path is in the folder of a review that the user may still write.';

create function private.can_read_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_change_review_photo(name) or exists (
    select 1
    from private.review_photo_place(name) as place
    join public.bookings as booking on booking.review_key = place.review_key
    join public.reviews as review on review.booking_id = booking.id and review.side = place.side
    where can_read_review_photo.name = any (review.photo_paths)
      and (
        review.side = 'customer' and ((select private.me()) is not null or auth.uid() is null)
        or review.customer_id = (select private.me())
        or review.provider_id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_read_review_photo is
  'Photos of reviews are as public as the reviews; those not yet reviewed are the writing side''s.';

grant execute on function private.can_read_review_photo, private.can_change_review_photo
  to anon, authenticated, service_role;

-- Everybody who knows a path may read. People list, and so remove, only their own files. A list
-- shows a few files of many, so this must cost nothing for each file.
create policy select_review_photo_reader on storage.objects for select to anon, authenticated
  using (
    bucket_id = 'review-photos'
    and (
      (select private.is_download()) and private.can_read_review_photo(name)
      -- Null would not end it: and asks on.
      or coalesce(owner_id = (select auth.uid())::text, false)
        and private.can_change_review_photo(name)
    )
  );
create policy insert_review_photo_side on storage.objects for insert to authenticated
  with check (
    bucket_id = 'review-photos'
    and private.is_upload()
    and private.can_change_review_photo(name)
  );
create policy delete_review_photo_side on storage.objects for delete to authenticated
  using (bucket_id = 'review-photos' and private.can_change_review_photo(name));

insert into private.limits (name, maximum, reason, counted)
values (
  'review_photos', 10, 'too_many_review_photos',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''review-photos'' and object.name like $1 || ''/%'''
)
on conflict (name) do nothing;

create function private.tg_objects__guard_review_photo()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_place record;
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is null then
    return null;
  end if;
  select place.review_key, place.side into v_place
  from private.review_photo_place(new.name) as place;
  if not private.is_live(new.owner_id::uuid) or not exists (
    select 1
    from public.bookings as booking
    where booking.review_key = v_place.review_key
      and booking.status = 'completed'
      and case v_place.side
        when 'customer' then booking.customer_id = new.owner_id::uuid
        else exists (
          select 1
          from public.provider_members as member
          where member.provider_id = booking.provider_id
            and member.user_id = new.owner_id::uuid
            and member.role <> 'crew_member'
        )
      end
      and not exists (
        select 1
        from public.reviews as review
        where review.booking_id = booking.id and review.side = v_place.side
      )
  ) then
    perform private.fail('upload_not_allowed');
  end if;
  perform private.require_room('review_photos', v_place.review_key || '/' || v_place.side, 0);
  return null;
end;
$$;
comment on function private.tg_objects__guard_review_photo is
  'Trigger _500_guard_review_photo of storage.objects.';

create trigger _500_guard_review_photo after insert on storage.objects
  for each row when (new.bucket_id = 'review-photos')
  execute function private.tg_objects__guard_review_photo();
create trigger _500_keep_review_photo
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when (
    'review-photos' in (old.bucket_id, new.bucket_id)
    and (new.bucket_id, new.name, new.version, new.metadata)
      is distinct from (old.bucket_id, old.name, old.version, old.metadata)
  )
  execute function private.tg_objects__refuse_change();
