-- The vocabulary follows the documents. A word that leaves one may still be in others. So a
-- change of documents only notes the word, and a job looks later, without waiting for anybody.
create table private.search_words_gone (
  id         uuid primary key default private.uuid_v7(),
  word       text collate "C" not null,
  created_at timestamptz not null default private.now()
);
comment on table private.search_words_gone is
  'Words that have left a document; perhaps no document has them any more.';

-- Holds a share of the words that are added, so that the job forgets none of them before the
-- documents are committed.
create function private.add_search_words(added private.search_vocabulary[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_held integer := -1;
begin
  -- In order, so that two transactions that add the same words can't wait for each other; again
  -- where the job forgot one between the two statements.
  while v_held < cardinality(added) loop
    insert into private.search_vocabulary (market_id, word)
    select word.market_id, word.word
    from unnest(added) as word
    order by 1, 2
    on conflict (market_id, word) do nothing;
    perform 1
    from private.search_vocabulary as known
    join unnest(added) as word using (market_id, word)
    order by known.market_id, known.word
    for key share of known;
    get diagnostics v_held = row_count;
  end loop;
end;
$$;
comment on function private.add_search_words is
  'Part of triggers _500_keep_words of search_documents. added: each word once.';

create function private.tg_search_documents__keep_words()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    insert into private.search_words_gone (word)
    select unnest(before.words) from before
    except
    select unnest(document.words)
    from before
    join private.search_documents as document on document.provider_id = before.provider_id;
  end if;
  if tg_op = 'UPDATE' then
    perform private.add_search_words(array(
      select row(provider.market_id, unnest(after.words))::private.search_vocabulary
      from after
      join public.providers as provider on provider.id = after.provider_id
      except
      select row(provider.market_id, unnest(before.words))::private.search_vocabulary
      from before
      join public.providers as provider on provider.id = before.provider_id
    ));
  elsif tg_op = 'INSERT' then
    perform private.add_search_words(array(
      select distinct row(provider.market_id, word.value)::private.search_vocabulary
      from after
      join public.providers as provider on provider.id = after.provider_id
      cross join unnest(after.words) as word (value)
    ));
  end if;
  return null;
end;
$$;
comment on function private.tg_search_documents__keep_words is
  'Triggers _500_keep_words, _510_keep_words and _520_keep_words of search_documents.';

create trigger _500_keep_words after insert on private.search_documents
  referencing new table as after
  for each statement execute function private.tg_search_documents__keep_words();
create trigger _510_keep_words after update on private.search_documents
  referencing old table as before new table as after
  for each statement execute function private.tg_search_documents__keep_words();
create trigger _520_keep_words after delete on private.search_documents
  referencing old table as before
  for each statement execute function private.tg_search_documents__keep_words();

create function private.forget_words()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_gone private.search_words_gone[] := array(
    select gone from private.search_words_gone as gone order by gone.id limit 20000
  );
  v_held private.search_vocabulary[];
  v_count integer;
begin
  -- A word that somebody else holds is about to be used: it stays noted until they are done.
  v_held := array(
    select known
    from (select distinct gone.word from unnest(v_gone) as gone) as gone
    cross join public.markets as market
    join private.search_vocabulary as known
      on known.market_id = market.id and known.word = gone.word
    for update of known skip locked
  );
  delete from private.search_words_gone as noted
  using unnest(v_gone) as gone
  where noted.id = gone.id
    and gone.word not in (
      select others.word
      from (
        select known.market_id, known.word
        from (select distinct gone.word from unnest(v_gone) as gone) as gone
        cross join public.markets as market
        join private.search_vocabulary as known
          on known.market_id = market.id and known.word = gone.word
        except
        select held.market_id, held.word from unnest(v_held) as held
      ) as others
    );
  -- A statement of its own, so that it sees what was committed before the words were held.
  delete from private.search_vocabulary as known
  using unnest(v_held) as held
  where known.market_id = held.market_id
    and known.word = held.word
    and not exists (
      select 1
      from private.search_documents as document
      join public.providers as provider on provider.id = document.provider_id
      where document.words @> array[held.word] and provider.market_id = held.market_id
    );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.forget_words is
  'Job: takes words out of the vocabulary that no document of their market has any more. Returns how
many.';
