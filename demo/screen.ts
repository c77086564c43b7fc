const columnWidth = 60;

/** Places that a text takes in a terminal: marks join the letter before, emoji take two. */
function widthOf(text: string): number {
  const letters = [...text.replace(/\p{M}/gu, '')];
  return letters.length + letters.filter((letter) => /\p{Emoji_Presentation}/u.test(letter)).length;
}

/** Lines that fit the column; those after the first are set in. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  const [first = '', ...words] = text.split(/(?<=\S) /);
  let line = first;
  for (const word of words) {
    if (widthOf(line) + 1 + widthOf(word) > columnWidth) {
      lines.push(line);
      line = `    ${word}`;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line];
}

export type Say = (text: string) => void;

export interface Screen {
  open(title: string, left: string, right: string): void;
  chapter(text: string): void;
  readonly left: Say;
  readonly right: Say;
}

/** Two people side by side in the terminal: each line stands in the column of who sees it. */
export function createScreen(write: Say = console.log): Screen {
  const print = (left: string, right: string) => {
    const gap = ' '.repeat(Math.max(0, columnWidth - widthOf(left)));
    write(`  ${left}${gap} │ ${right}`.trimEnd());
  };
  const rule = '─'.repeat(columnWidth + 1);
  return {
    open(title, left, right) {
      write(`\n  ${title}\n  ${rule}┬${rule}`);
      print(left, right);
      write(`  ${rule}┼${rule}`);
    },
    chapter(text) {
      print('', '');
      print(text, '');
    },
    left(text) {
      for (const line of wrap(text)) print(line, '');
    },
    right(text) {
      for (const line of wrap(text)) print('', line);
    },
  };
}
