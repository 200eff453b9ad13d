import type { Paint } from './paint.ts';

/** A stream that a command writes to. */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns of the terminal; Infinity where it is none, so that nothing is cut. */
  readonly columns: number;
  readonly paint: Paint;
  /** Resolves once there is room for more. */
  write(text: string): Promise<void>;
}

/** All that a command knows of the process it runs in. */
export interface Surroundings {
  /** Results. With --json nothing but JSON. */
  readonly out: Output;
  /** Progress and errors. */
  readonly err: Output;
  readStdin(): Promise<string>;
  /** Runs `task` on Ctrl-C in place of dying; the returned function gives Ctrl-C back. */
  onInterrupt(task: () => void): () => void;
}
