import type { Output } from '../surroundings.ts';
import { type Cell, tableLines } from '../table.ts';
import { cut, grouped, visible } from '../text.ts';
import type { LetterError } from './read.ts';

/** A message as `dlq list --json` prints it. */
export interface ToldLetter {
  readonly message_id: string;
  readonly received: number;
  readonly sent_at: string;
  readonly objects: readonly {
    readonly key: string;
    readonly bytes: number | null;
    readonly error: LetterError | null;
  }[];
  /** Only of a message that tells of no object. */
  readonly body?: string;
}

const columns = [
  { title: 'object', align: 'left' },
  { title: 'bytes', align: 'right' },
  { title: 'received', align: 'right' },
  { title: 'since', align: 'left' },
] as const;

/** Where Redshift stopped: `line 7, total: Invalid digit`. */
const errorWords = ({ line, column, message }: LetterError): string => {
  const place = [...(line === null ? [] : [`line ${line}`]), ...(column === null || column === '' ? [] : [column])];
  return `${place.join(', ')}${place.length === 0 ? '' : ': '}${visible(message)}`;
};

export const letterLines = (letters: readonly ToldLetter[], left: number, out: Output): readonly string[] => {
  if (letters.length === 0) return ['nothing is in the dead-letter queue'];
  const rows: (readonly Cell[])[] = [];
  const notes: string[] = [];
  for (const { objects, received, sent_at: since, body } of letters) {
    if (objects.length === 0) {
      rows.push([{ text: '(no object)' }, { text: '' }, { text: grouped(received) }, { text: since }]);
      notes.push(`the message is no notification of S3: ${cut(visible(body ?? ''), 200)}`);
    }
    for (const { key, bytes, error } of objects) {
      const size = bytes === null ? '' : grouped(bytes);
      rows.push([{ text: visible(key) }, { text: size }, { text: grouped(received) }, { text: since }]);
      notes.push(error === null ? 'no word of the warehouse on it in millrace.load_errors' : errorWords(error));
    }
  }
  const [heading = '', ...lines] = tableLines(columns, rows, out.paint.bold);
  return [
    heading,
    ...lines.flatMap((line, at) => [line, out.paint.dim(`  ${notes[at] ?? ''}`)]),
    ...(left === 0 ? [] : [`about ${grouped(left)} messages more are not shown: --limit allows more`]),
  ];
};
