/** `npm run demo [MARKET …]`: two people, two clients, a whole journey, for each market. */
import '../local/quiet.ts';
import { isKarigarError } from '../types/index.ts';
import { DemoError, findBackend } from './backend.ts';
import { playJourney } from './journey.ts';
import { createScreen } from './screen.ts';
import { readScripts, type Script } from './script.ts';

/** Those of the markets named, or all. */
function choose(scripts: readonly Script[], wanted: readonly string[]): readonly Script[] {
  const known = scripts.map(({ market }) => market);
  const unknown = wanted.filter((market) => !known.includes(market));
  if (unknown.length > 0) {
    throw new DemoError(
      `There is no demo of ${unknown.join(', ')}. Markets: ${known.join(', ')}.\n` +
        '  npm run demo plays all of them, npm run demo -- MARKET one.',
    );
  }
  return wanted.length === 0 ? scripts : scripts.filter(({ market }) => wanted.includes(market));
}

let isPlayed = false;
try {
  const scripts = choose(await readScripts(), process.argv.slice(2));
  const backend = await findBackend(process.env);
  const screen = createScreen();
  for (const script of scripts) await playJourney(backend, script, screen);
  console.log(`\n  Every step held. (${scripts.map(({ market }) => market).join(', ')})`);
  isPlayed = true;
} catch (error) {
  if (isKarigarError(error)) console.error(`\n  ${error.reason}: ${error.message} ${error.hint}`);
  else if (error instanceof DemoError) console.error(`\n  ${error.message}`);
  else console.error(error);
}
// The websocket client keeps a timer of 10 s after it has closed.
process.exit(isPlayed ? 0 : 1);
