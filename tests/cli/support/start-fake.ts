// `millrace start` as it is, with a stand-in for the laptop: the script beside this one.
import { fileURLToPath } from 'node:url';
import { createPaint } from '#cli/paint.ts';
import { createProgram } from '#cli/program.ts';
import { createStart } from '#cli/start.ts';
import type { Output } from '#cli/surroundings.ts';

const toOutput = (stream: NodeJS.WriteStream): Output => ({
  isTerminal: false,
  columns: Number.POSITIVE_INFINITY,
  paint: createPaint(false),
  write: async (text) => void stream.write(text),
});

const program = createProgram([createStart(fileURLToPath(new URL('./fake-main.ts', import.meta.url)))]);
process.exitCode = await program(process.argv.slice(2), {
  out: toOutput(process.stdout),
  err: toOutput(process.stderr),
  readStdin: async () => '',
  onInterrupt: () => () => undefined,
});
