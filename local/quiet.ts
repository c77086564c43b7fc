/**
 * Imported before supabase-js, which warns on Node.js 20 that it will go one day. Karigar supports
 * 20 as long as supabase-js does; who only starts it can do nothing about that.
 */
export const isNodeWarning = (text: unknown): boolean =>
  String(text).includes('Node.js 20 and below are deprecated');

const { warn } = console;
console.warn = (...words: unknown[]) => {
  if (!isNodeWarning(words[0])) warn(...words);
};
