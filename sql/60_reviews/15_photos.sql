-- Photos of reviews lie in the private bucket review-photos, as <booking_id>/<side>/<file>. They
-- are uploaded before the review, by the side that may write it, and stay as they are after it.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'review-photos', 'review-photos', false, 5242880, '{image/jpeg,image/png,image/webp}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.review_photo_folder(name text)
returns table (booking_id uuid, side text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select part[1]::uuid, part[2]
  from regexp_match(
    name, '^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/(customer|provider)/[^/]+$'
  ) as part
  where part is not null
$$;
comment on function private.review_photo_folder(text) is
  'Booking and side that a path in review-photos belongs to; no row for any other path.';

create function private.can_change_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from private.review_photo_folder(name) as folder
    join public.bookings as booking on booking.id = folder.booking_id
    where booking.status = 'completed'
      and folder.side = any (private.my_booking_actors(booking))
      and not exists (
        select 1
        from public.reviews as review
        where review.booking_id = folder.booking_id and review.side = folder.side
      )
  )
$$;
comment on function private.can_change_review_photo(text) is
  'Whether the path is in the folder of a review that the user may still write.';

create function private.has_room_for_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select count(*) < 10
  from private.review_photo_folder(name) as folder
  join storage.objects as object
    on object.bucket_id = 'review-photos'
    and object.name like folder.booking_id || '/' || folder.side || '/%'
$$;
comment on function private.has_room_for_review_photo(text) is
  'Whether the folder of this path has fewer than ten photos.';

create function private.can_read_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_change_review_photo(name) or exists (
    select 1
    from private.review_photo_folder(name) as folder
    join public.reviews as review
      on review.booking_id = folder.booking_id and review.side = folder.side
    where can_read_review_photo.name = any (review.photo_paths)
      and (
        review.side = 'customer' and ((select private.me()) is not null or auth.uid() is null)
        or review.customer_id = (select private.me())
        or review.provider_id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_read_review_photo(text) is
  'Photos of reviews are as public as the reviews; those not yet reviewed are the uploader''s.';

grant execute on function private.can_read_review_photo(text) to anon, authenticated, service_role;
grant execute on function
  private.can_change_review_photo(text), private.has_room_for_review_photo(text)
to authenticated, service_role;

create policy select_review_photo_reader on storage.objects for select to anon, authenticated
  using (bucket_id = 'review-photos' and private.can_read_review_photo(name));
create policy insert_review_photo_side on storage.objects for insert to authenticated
  with check (
    bucket_id = 'review-photos'
    and private.can_change_review_photo(name)
    and private.has_room_for_review_photo(name)
  );
create policy delete_review_photo_side on storage.objects for delete to authenticated
  using (bucket_id = 'review-photos' and private.can_change_review_photo(name));
