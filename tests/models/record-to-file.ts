import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { toLine } from './exchange.ts';
import { recordExchanges } from './record.ts';

// A preload (`node --import`) for a laptop in a process of its own: every exchange of it as a line of the file named in `?to=`.
const file = new URL(import.meta.url).searchParams.get('to');
if (file === null) throw new Error('record-to-file.ts needs ?to=FILE');
if (isMainThread) recordExchanges((exchange) => appendFileSync(file, `${toLine(exchange)}\n`));
