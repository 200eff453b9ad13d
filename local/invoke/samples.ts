import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One event of events/, with what its README says of it. */
export interface Sample {
  readonly functionName: string;
  readonly name: string;
  /** Path below events/. */
  readonly file: string;
  /** Empty where the README does not know the file. */
  readonly what: string;
}

/** One line of the table in events/README.md. */
export interface SampleNote {
  readonly file: string;
  readonly what: string;
  readonly from: string;
  /** JSON of what the answer holds at least. */
  readonly answer: string;
}

const row = /^\| `([^`]+\.json)` *\| (.+?) *\| (.+?) *\| `(.+)` *\|$/gm;

/** Every line of the README's tables that names an event. */
export const readNotes = (events: string): readonly SampleNote[] =>
  [...readFileSync(join(events, 'README.md'), 'utf8').matchAll(row)].map(
    ([, file = '', what = '', from = '', answer = '']) => ({ file, what, from, answer }),
  );

/** The events in `events/<function>/`, by name. */
export const listSamples = (events: string, functionName: string): readonly Sample[] => {
  const folder = join(events, functionName);
  const notes = new Map(readNotes(events).map(({ file, what }) => [file, what]));
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return files.sort().map((file) => ({
    functionName,
    name: file.slice(0, -'.json'.length),
    file: `${functionName}/${file}`,
    what: notes.get(`${functionName}/${file}`) ?? '',
  }));
};
