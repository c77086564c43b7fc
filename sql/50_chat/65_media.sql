-- Pictures of conversations: a private bucket whose folders are named after conversations. The
-- participants read and add; nobody changes or removes, since messages refer to what is there.
-- (The bucket takes HEIC, but the trigger refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'chat-media', 'chat-media', false, 10485760,
  '{image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.conversation_of_media(path text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(
    path, '^<id>/[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\.[A-Za-z]+$'
  )
$$;
comment on function private.conversation_of_media is
  'Of `<conversation id>/<uuid>.<ending>`; null for any other path.';

create function private.can_add_chat_media(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_write(private.conversation_of_media(path))
$$;
comment on function private.can_add_chat_media is
  'Whether the user may write in the conversation of this object of chat-media.';

grant execute on function private.can_add_chat_media to authenticated, service_role;

-- The subquery is itself under the policy of conversation_participants. Who lists the bucket is
-- shown a few files of many, so nothing is asked for each.
create policy select_chat_participant on storage.objects for select to authenticated
  using (
    bucket_id = 'chat-media'
    and split_part(name, '/', 1) = any (array(
      select mine.conversation_id::text from public.conversation_participants as mine
    ))
  );
create policy insert_chat_participant on storage.objects for insert to authenticated
  with check (
    bucket_id = 'chat-media'
    and private.is_upload()
    and private.can_add_chat_media(name)
  );

insert into private.limits (name, maximum, reason, counted)
values (
  'daily_chat_media', 100, 'too_many_chat_files',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''chat-media''
     and object.name like split_part($1, '':'', 1) || ''/%''
     and object.owner_id = split_part($1, '':'', 2)
     and object.created_at > private.now() - interval ''1 day'''
)
on conflict (name) do nothing;

-- For each person, over all conversations together.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('add_chat_media', 300, 86400, 'too_many_files')
on conflict (action) do nothing;

create function private.tg_objects__guard_chat_media()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_conversation_id uuid := private.conversation_of_media(new.name);
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is null then
    return null;
  end if;
  if not private.is_live(new.owner_id::uuid)
    or private.is_blocked_in(v_conversation_id, new.owner_id::uuid)
    or not exists (
      select 1
      from public.conversation_participants as participant
      where participant.conversation_id = v_conversation_id
        and participant.user_id = new.owner_id::uuid
    )
  then
    perform private.fail('upload_not_allowed');
  end if;
  perform private.require_room('daily_chat_media', v_conversation_id || ':' || new.owner_id, 0);
  perform private.take_token(new.owner_id::uuid, 'add_chat_media');
  return null;
end;
$$;
comment on function private.tg_objects__guard_chat_media is
  'Trigger _500_guard_chat_media of storage.objects.';

create trigger _500_guard_chat_media after insert on storage.objects
  for each row when (new.bucket_id = 'chat-media')
  execute function private.tg_objects__guard_chat_media();
create trigger _500_keep_chat_media
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when (
    'chat-media' in (old.bucket_id, new.bucket_id)
    and (new.bucket_id, new.name, new.version, new.metadata)
      is distinct from (old.bucket_id, old.name, old.version, old.metadata)
  )
  execute function private.tg_objects__refuse_change();

-- Fails with PT400 invalid_media, PT404 media_not_found: also for objects of other conversations.
create function private.parse_chat_media(media jsonb, conversation_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_media jsonb := private.parse_object(parse_chat_media.media, 'invalid_media', 1000);
  v_path text := v_media ->> 'path';
  v_object jsonb;
begin
  if jsonb_typeof(v_media -> 'path') is distinct from 'string' then
    perform private.fail('invalid_media', 'an object {path, width, height}');
  end if;
  if private.conversation_of_media(v_path) = parse_chat_media.conversation_id then
    select object.metadata into v_object
    from storage.objects as object
    where object.bucket_id = 'chat-media' and object.name = v_path;
  end if;
  if v_object is null then
    perform private.fail('media_not_found');
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'path', v_path,
    'mime_type', v_object ->> 'mimetype',
    'size_bytes', v_object -> 'size',
    'width', private.parse_integer(v_media -> 'width', 'invalid_media', 1, 100000),
    'height', private.parse_integer(v_media -> 'height', 'invalid_media', 1, 100000)
  ));
end;
$$;
comment on function private.parse_chat_media is
  'What a message keeps of a picture; type and size are the storage''s word, not the sender''s.';
