/** Tables and functions that the tests of `/rest/v1` ask for. */
export const restSchema = `
  create type public.mood as enum ('happy', 'sad');
  create table public.notes (
    id bigint generated always as identity primary key,
    owner_id uuid not null default auth.uid(),
    title text not null unique,
    price numeric(10, 2) check (price >= 0),
    at timestamptz,
    during tstzrange,
    mood public.mood,
    tags text[],
    flags boolean[],
    body jsonb,
    file bytea,
    is_done boolean,
    secret text
  );
  alter table public.notes enable row level security;
  revoke all on public.notes from anon, authenticated;
  grant select (id, owner_id, title, price, at, during, mood, tags, flags, body, file, is_done),
    insert (title, price, at, during, mood, tags, flags, body, file, is_done),
    update (title, price, body), delete on public.notes to authenticated;
  create policy all_own on public.notes for all to authenticated
    using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
  create table public.comments (
    id bigint generated always as identity primary key,
    note_id bigint not null references public.notes,
    text text not null
  );
  grant select, insert on public.comments to authenticated;
  create table public.hidden (id int primary key);
  revoke all on public.hidden from anon, authenticated, service_role;
  create schema private;
  create table private.ledger (id int primary key, note_id bigint references public.notes);
  create function public.fail(code text, detail text default null, hint text default null)
  returns void language plpgsql as $$
  begin
    raise exception using errcode = fail.code, message = 'failed', detail = fail.detail,
      hint = fail.hint;
  end $$;
  create function public.context() returns jsonb language sql stable as $$
    select jsonb_build_object(
      'role', current_user, 'session', session_user, 'uid', auth.uid(), 'jwt', auth.jwt(),
      'method', current_setting('request.method', true),
      'path', current_setting('request.path', true),
      'headers', current_setting('request.headers', true)::jsonb,
      'timeout', current_setting('statement_timeout'),
      'search_path', current_setting('search_path'))
  $$;
  create function public.echo(a text, b jsonb default '{}', c boolean[] default null)
  returns jsonb language sql immutable as $$ select jsonb_build_object('a', a, 'b', b, 'c', c) $$;
  create function public.slow() returns void language sql as $$ select pg_sleep(20) $$;
  create function public.numbers(n int) returns table (i int, half numeric, at timestamptz)
  language sql stable as $$
    select i, i / 2.0, '2026-01-02T03:04:05+05:30'::timestamptz from generate_series(1, n) i
  $$;
  create function public.teapot() returns jsonb language plpgsql as $$
  begin
    perform set_config('response.status', '418', true);
    perform set_config('response.headers', '[{"x-pot": "tea"}]', true);
    insert into public.comments (note_id, text) select min(id), 'teapot' from public.notes;
    return '{"short": true}';
  end $$;
  grant execute on all functions in schema public to anon, authenticated, service_role;
`;
