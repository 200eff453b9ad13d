import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchEndToEnd } from './end-to-end.ts';
import { reportLoad } from './load/report.ts';
import { benchTransformer } from './transformer.ts';

const parts = ['transformer', 'load', 'end-to-end'];
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string', default: '1000000' },
    'growth-rows': { type: 'string' },
    seconds: { type: 'string', default: '30' },
  },
});
if (values.only !== undefined && !parts.includes(values.only)) {
  console.error(`--only is "${values.only}": say ${parts.join(', ')}`);
  process.exit(2);
}
const rows = Number(values.rows);
if (!Number.isInteger(rows) || rows < 2000 || rows % 2000 !== 0) {
  console.error(`--rows is "${values.rows}": say a multiple of 2,000, for 20 files of whole envelopes`);
  process.exit(2);
}
// The smaller of two tables; the larger has twenty times as many.
const growthRows = Number(values['growth-rows'] ?? rows);
if (!Number.isInteger(growthRows) || growthRows < 1) {
  console.error(`--growth-rows is "${values['growth-rows']}": say a whole number of rows from 1`);
  process.exit(2);
}
const wanted = (part: string): boolean => values.only === undefined || values.only === part;
const whole = (value: number): string => Math.round(value).toLocaleString('en');

console.log(
  `machine: ${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}\n`,
);

const printTransformer = async (): Promise<void> => {
  console.log(
    'transformer against FLOOR (base64, JSON.parse, JSON.stringify, base64 of the same records in the same process)',
  );
  for (const { name, goal, ratio, eventsPerSecond, floorPerSecond } of await benchTransformer())
    console.log(
      `  ${name.padEnd(34)} ${ratio.toFixed(2)} x FLOOR (project goal ${goal})   ${whole(eventsPerSecond)} events/s, floor ${whole(floorPerSecond)}`,
    );
};

const printLoad = async (): Promise<void> => {
  console.log('\nload: the real loader in a process of its own against a laptop, in turns with bare DuckDB');
  await reportLoad({ rows, growthRows });
};

const printEndToEnd = async (): Promise<void> => {
  const seconds = Number(values.seconds);
  console.log(`\nlaptop end to end, batches of 100 from 4 clients for ${seconds} s, HTTP in to rows in the warehouse`);
  const { freshSeconds, sent, loaded, eventsPerSecond, memoryMb, tailSeconds } = await benchEndToEnd(seconds);
  console.log(
    `  ${whole(eventsPerSecond)} events/s sustained (${(eventsPerSecond / 5000).toFixed(2)} x this issue's goal of 5,000)`,
  );
  console.log(
    `  ${whole(sent)} accepted, ${whole(loaded)} in the warehouse, the last ${tailSeconds.toFixed(1)} s after its answer`,
  );
  console.log(
    `  memory ${whole(memoryMb.warm)} MB after a third of the time, ${whole(memoryMb.end)} MB at the end (${(memoryMb.end / memoryMb.warm).toFixed(2)} x)`,
  );
  console.log(
    `  one event alone is in the warehouse ${freshSeconds.toFixed(1)} s after its request (realtime dial, goal 5)`,
  );
  if (loaded !== sent) {
    console.error('  not every accepted event is in the warehouse');
    process.exitCode = 1;
  }
};

if (wanted('transformer')) await printTransformer();
if (wanted('load')) await printLoad();
if (wanted('end-to-end')) await printEndToEnd();
