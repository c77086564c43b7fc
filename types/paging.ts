interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/**
 * Every item of a listing, page after page; the next page is fetched when it is needed.
 *
 * @example
 * ```ts
 * for await (const provider of eachItem(karigar.rpc.searchProviders, { market: 'localpro' })) {
 *   console.log(provider.name);
 * }
 * ```
 */
export async function* eachItem<Args extends { cursor?: string | undefined }, Item>(
  list: (args: Args) => Promise<Page<Item>>,
  args: Args,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null | undefined = args.cursor;
  do {
    const page = await list(cursor ? { ...args, cursor } : args);
    yield* page.items;
    cursor = page.next_cursor;
  } while (cursor);
}
