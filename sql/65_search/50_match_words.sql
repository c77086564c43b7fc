-- Typo tolerance: the words of a query become words that the market's documents really have.
create function private.match_search_words(market_id text, query text)
returns table (same text[], similar_words text[])
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
    with asked as (
      select word.value
      from unnest(private.search_words(match_search_words.query)) as word (value)
      order by length(word.value) desc, word.value
      limit 8
    ), found as materialized (
      select
        -- The word itself, and from three letters on the words that begin with it: a range of the
        -- index, up to the last code point there is.
        array(
          select known.word
          from private.search_vocabulary as known
          where known.market_id = match_search_words.market_id
            and known.word >= asked.value
            and known.word <= asked.value
              || case when length(asked.value) < 3 then '' else U&'\+10FFFF' end
          order by length(known.word), known.word
          limit 20
        ) as same,
        -- "plumer" and "plumber" are 0.5 alike, "plumer" and "plumbing" 0.33.
        array(
          select known.word
          from private.search_vocabulary as known
          where known.market_id = match_search_words.market_id
            and known.word operator(extensions.%) asked.value
            and extensions.similarity(known.word, asked.value) >= 0.4
            and length(asked.value) >= 4
          order by extensions.similarity(known.word, asked.value) desc, known.word
          limit 5
        ) as similar_words
      from asked
    )
    select found.same, found.similar_words
    from found
    -- A word that nothing resembles ("please") says nothing.
    where found.same <> '{}' or found.similar_words <> '{}';
end;
$$;
comment on function private.match_search_words is
  'One row per word of the query that the market knows: words that are the same or begin so, and '
  'words spelt alike (trigram similarity of 0.4 or more).';
