/** `npm start`: the whole backend in this terminal. */
import './quiet.ts';
import { readCommandLine } from './command-line.ts';
import { run } from './run.ts';
import { summary } from './summary.ts';

await run(
  () => readCommandLine(process.argv.slice(2), process.env),
  async (stack) => {
    console.log(await summary(stack));
    return async () => {};
  },
);
