import { text } from 'node:stream/consumers';
import type { WriteStream } from 'node:tty';
import { createPaint } from './paint.ts';
import type { Output, Surroundings } from './surroundings.ts';

const toOutput = (stream: WriteStream): Output => {
  // The reader left (`millrace query … | head`): nobody wants the rest, and that is no failure.
  stream.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1));
  const isTerminal = stream.isTTY === true;
  const plain = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb';
  return {
    isTerminal,
    // 0 is said by terminals that do not know.
    get columns() {
      return isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    paint: createPaint(isTerminal && !plain),
    write: (content) => new Promise((resolve) => (stream.write(content) ? resolve() : stream.once('drain', resolve))),
  };
};

/** This process, as commands know it. */
export const processSurroundings = (): Surroundings => ({
  out: toOutput(process.stdout),
  err: toOutput(process.stderr),
  readStdin: () => text(process.stdin),
  onInterrupt: (task) => {
    process.on('SIGINT', task);
    return () => process.off('SIGINT', task);
  },
});
