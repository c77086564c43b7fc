/**
 * What no formatter checks for us: layout and the words of SQL files.
 * (The formatter of @postgres-language-server/cli drops comments, so it is not used.)
 */
export interface StyleProblem {
  readonly line: number;
  readonly message: string;
}

const maxColumns = 100;
const maxLines = 300;
const keywords = new Set(
  `add all alter and any array as asc begin between by cascade case check column comment commit
  conflict constraint create cross declare default definer delete desc distinct do drop else
  elsif end exclude execute exists exception false for foreign from function grant group having
  if immutable in index inner insert into is join key language lateral left like limit loop not
  null on or order outer over partition perform plpgsql policy primary procedure public raise
  references replace return returning returns revoke right rollback row rows schema security
  select set sql stable strict table text then to trigger true union unique update using values
  view volatile when where with`.split(/\s+/),
);

export function checkStyle(sql: string): StyleProblem[] {
  const problems: StyleProblem[] = [];
  const lines = sql.split('\n');
  const report = (line: number, message: string) => problems.push({ line, message });

  if (!sql.endsWith('\n') || sql.endsWith('\n\n')) report(lines.length, 'ends in one line break');
  if (lines.length > maxLines + 1) report(lines.length, `longer than ${maxLines} lines`);
  lines.forEach((text, index) => {
    if ([...text].length > maxColumns) report(index + 1, `longer than ${maxColumns} columns`);
    if (/\s$/.test(text)) report(index + 1, 'space at the end');
    if (text.includes('\t')) report(index + 1, 'tab');
  });

  const code = withoutTexts(sql);
  for (const { 0: word, index } of code.matchAll(/[A-Za-z_]+/g)) {
    if (word !== word.toLowerCase() && keywords.has(word.toLowerCase())) {
      report(lineOf(code, index), `keyword ${word} in capitals`);
    }
  }
  return problems.sort((a, b) => a.line - b.line);
}

/** Every `create function` says immutable, stable or volatile before its body. */
export function checkVolatility(sql: string): StyleProblem[] {
  const code = withoutTexts(sql);
  const heads = code.matchAll(/^create (?:or replace )?function[^$]*?\bas\s+(?=\$|')/gm);
  return [...heads]
    .filter(({ 0: head }) => !/\b(immutable|stable|volatile)\b/.test(head))
    .map(({ index }) => ({ line: lineOf(code, index), message: 'function without volatility' }));
}

/** Comments, strings and quoted names become blanks, so that places stay. */
function withoutTexts(sql: string): string {
  return sql.replaceAll(/--.*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (text) => {
    const blank = text.replaceAll(/[^\n]/g, ' ');
    return text.startsWith("'") ? `'${blank.slice(1)}` : blank;
  });
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
