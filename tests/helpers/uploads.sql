-- Uploads as Storage writes them: first as the user, rolled back, to see what the policies say; then,
-- when the bytes are there, as a superuser who knows only the owner.

create function tests.begin_upload(
  name text, bucket text, path text, operation text default 'storage.object.upload'
)
returns text
language plpgsql
as $$
declare
  v_role text := current_setting('role');
  v_claims text := current_setting('request.jwt.claims', true);
  v_outcome text;
begin
  perform tests.act_as(name);
  perform set_config('storage.operation', operation, true);
  v_outcome := tests.outcome(format(
    $sql$
      do $do$
      begin
        insert into storage.objects (bucket_id, name, owner_id, version, metadata)
        values (%L, %L, auth.uid(), '1', '{"mimetype": "image/png", "contentLength": 3}');
        raise sqlstate 'TEST1';
      end;
      $do$
    $sql$, bucket, path
  ));
  perform set_config('role', v_role, true), set_config('request.jwt.claims', v_claims, true),
    set_config('storage.operation', '', true);
  return case v_outcome when 'TEST1' then 'ok' else v_outcome end;
end;
$$;

create function tests.finish_upload(
  name text, bucket text, path text, size integer default 3, version uuid default gen_random_uuid()
)
returns text
language plpgsql
as $$
declare
  v_role text := current_setting('role');
  v_claims text := current_setting('request.jwt.claims', true);
  v_outcome text;
begin
  perform tests.act_as_service();
  v_outcome := tests.outcome(format(
    $sql$
      insert into storage.objects (bucket_id, name, owner_id, version, metadata)
      values (%L, %L, %L, %L, %L)
      on conflict (bucket_id, name) do update set
        owner_id = excluded.owner_id, version = excluded.version, metadata = excluded.metadata
    $sql$,
    bucket, path, tests.id(name), version,
    jsonb_build_object('mimetype', 'image/png', 'size', size)
  ));
  perform set_config('role', v_role, true), set_config('request.jwt.claims', v_claims, true);
  return v_outcome;
end;
$$;

create function tests.upload(name text, bucket text, path text)
returns text
language sql
as $$
  select case tests.begin_upload(name, bucket, path)
    when 'ok' then tests.finish_upload(name, bucket, path)
    else '42501'
  end
$$;

grant execute on function
  tests.begin_upload(text, text, text, text),
  tests.finish_upload(text, text, text, integer, uuid),
  tests.upload(text, text, text)
to anon, authenticated, service_role;
