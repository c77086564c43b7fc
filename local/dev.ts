/** `npm run dev`: the stack, with functions restarted and migrations rebuilt as files change. */
import './quiet.ts';
import { readCommandLine } from './command-line.ts';
import { rebuild } from './dev/sql.ts';
import { watchProject } from './dev/watch.ts';
import { run } from './run.ts';
import { summary } from './summary.ts';

await run(
  () => readCommandLine(process.argv.slice(2), process.env),
  async (stack) => {
    console.log(await summary(stack));
    const unwatch = await watchProject(stack, { rebuild, say: (line) => console.log(line) });
    console.log('Watching functions/ and sql/.');
    return unwatch;
  },
);
