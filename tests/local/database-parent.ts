/** Starts a database, prints its port and ends with it: a stack that tests can kill. */
import { start } from './database-client.ts';

const database = await start(process.argv[2] ?? '');
process.stdout.write(String(database.port));
await database.exited;
