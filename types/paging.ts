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

/**
 * Every change of a booking, page after page; the next page is fetched when it is needed.
 *
 * @example
 * ```ts
 * for await (const { to_status, at } of eachChange(karigar.rpc.bookingHistory, { booking_id })) {
 *   timeline.add(at, to_status);
 * }
 * ```
 */
export async function* eachChange<
  Args extends { after?: string | undefined },
  Change extends { readonly history_id: string },
>(
  list: (args: Args) => Promise<readonly Change[]>,
  args: Args,
): AsyncGenerator<Change, void, undefined> {
  let after = args.after;
  for (;;) {
    const page = await list(after === undefined ? args : { ...args, after });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.history_id;
  }
}
