-- Files. Storage asks the policies before the bytes come, and then writes the row as a superuser;
-- whoever has a signed upload URL may come hours later. So policies say who may begin, and triggers
-- on storage.objects say what holds in the end: rights, limits, and that what is final stays as it
-- is. They raise 42501, the one refusal whose words Storage passes on.

create function private.is_upload()
returns boolean
language sql
stable
set search_path = ''
as $$
  select storage.operation() in ('storage.object.upload', 'storage.object.upload_update')
$$;
comment on function private.is_upload is
  'Whether Storage uploads a file in one request: it neither signs an upload for later, nor resumes
one, nor takes one by S3, nor copies or moves.';
grant execute on function private.is_upload to authenticated, service_role;

create function private.is_download()
returns boolean
language sql
stable
set search_path = ''
as $$
  -- Two of the names are older than their prefix. A download asks for the file's info first.
  select coalesce(storage.operation(), '') in (
    'storage.object.get_authenticated', 'storage.object.info_authenticated',
    'object.get_authenticated_info', 'object.head_authenticated_info', 'storage.object.sign',
    'storage.object.sign_many', 'storage.render.image_authenticated'
  )
$$;
comment on function private.is_download is
  'Whether Storage reads a file that is asked for by its path, or signs that; it lists none.';

grant execute on function private.is_download to anon, authenticated, service_role;

create function private.tg_objects__refuse_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.fail('file_is_final', old.bucket_id);
  return null;
end;
$$;
comment on function private.tg_objects__refuse_change is
  'Triggers _500_keep_… of storage.objects, for buckets whose files are final.';

create function private.require_picture(name text, metadata jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- Before the bytes come, contentLength is what the client says; size is what has come.
  if coalesce(metadata ->> 'size', metadata ->> 'contentLength') = '0' then
    perform private.fail('file_empty');
  end if;
  if name ~* '\.(heic|heif)$' or metadata ->> 'mimetype' in ('image/heic', 'image/heif') then
    perform private.fail('file_is_heic');
  end if;
  if name !~* '\.(jpg|jpeg|png|webp|gif)$' then
    perform private.fail('file_name_not_allowed');
  end if;
end;
$$;
comment on function private.require_picture is
  'Refuses a file without content, and names of anything but a picture. Of metadata, which Storage
fills, it knows mimetype, contentLength and size (bytes).';
