import { writeSync } from 'node:fs';
import { bootPipeline } from './firehose-kill.pipeline.ts';

/** Puts records for as long as it lives, and says on its standard output which have been acknowledged. */
const [folder = '', from = '0'] = process.argv.slice(2);
const { firehose } = bootPipeline(folder);
let next = Number(from);

const putSome = (): void => {
  const numbers = Array.from({ length: 20 }, () => next++);
  firehose.putRecords('stream', numbers.map((number) => Buffer.from(`${number}${' '.repeat(number % 3_000)}\n`)));
  writeSync(1, `${numbers.join('\n')}\n`);
  setImmediate(putSome);
};
putSome();
