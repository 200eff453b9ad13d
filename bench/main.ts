import { availableParallelism, cpus } from 'node:os';
import { benchTransformer } from './transformer.ts';

const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
console.log(`machine: ${machine}\n`);
console.log('transformer (ratio to FLOOR: base64, JSON.parse, JSON.stringify, base64 of the same records in the same process)');
for (const { name, goal, ratio, eventsPerSecond, floorPerSecond } of await benchTransformer())
  console.log(
    `  ${name.padEnd(36)} ${ratio.toFixed(2)} x FLOOR (project goal ${goal})   ${Math.round(eventsPerSecond).toLocaleString('en')} events/s, floor ${Math.round(floorPerSecond).toLocaleString('en')}`,
  );
