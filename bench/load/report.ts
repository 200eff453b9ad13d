import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBulk, measureGrowth, measureMemory, measureSmall } from './measures.ts';

const whole = (value: number): string => Math.round(value).toLocaleString('en');

export interface LoadSizes {
  /** Rows of the bulk load. */
  readonly rows: number;
  /** Rows of the smaller of the two tables that a small load is timed in; the larger has twenty times as many. */
  readonly growthRows: number;
}

/** Prints the figures of the load, each as soon as it is known and with its goal beside it. */
export const reportLoad = async ({ rows, growthRows }: LoadSizes): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const startedAt = Date.now();
  const say = (step: string): void => console.log(`  ${step} … (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  // Exiting by hand ends the laptop too and leaves no gigabytes behind.
  const stop = (): void => process.exit(130);
  process.once('exit', clean);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    say(`making and loading ${whole(rows)} events in 20 files`);
    const bulk = await measureBulk(folder, rows);
    print('P8 landed files to deduplicated rows', `${bulk.ratio.toFixed(2)} x bare DuckDB (project goal 0.8)`, [
      `${whole(bulk.events)} events in ${bulk.seconds.toFixed(1)} s, bare read_json and insert ${bulk.bareSeconds.toFixed(1)} s`,
      `${whole(bulk.megabytes)} MB of lines`,
    ]);

    say('loading objects of 2,000 events one by one');
    const small = await measureSmall(folder);
    print('one object of 2,000 events', `${whole(small.ms)} ms (goal 150)`, [`bare DuckDB ${whole(small.bareMs)} ms`]);
    print('Data API calls of that load', `${small.dataApiCalls} (goal 3)`, [small.operations]);

    say(`filling tables with ${whole(growthRows)} and ${whole(growthRows * 20)} rows and loading into both in turns`);
    const growth = await measureGrowth(folder, growthRows);
    print('the same with 20 times the table', `${growth.ratio.toFixed(2)} x (goal 1.5)`, [
      `${whole(growth.ms)} ms at ${whole(growth.rows)} rows, ${whole(growth.grownMs)} ms at ${whole(growth.grownRows)}, of 60 days each`,
    ]);

    say('loading 1,000 objects in one batch');
    const memory = await measureMemory(folder);
    print(`memory, ${whole(memory.objects)} objects in a batch`, `${whole(memory.allMb)} MB at most (goal 256)`, [
      `${whole(memory.oneMb)} MB with one object`,
      ...(memory.loaded === memory.objects
        ? []
        : [`only ${whole(memory.loaded)} were loaded: ${memory.error ?? 'handed back'}`]),
    ]);
  } finally {
    clean();
    process.off('exit', clean);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
};

const print = (name: string, figure: string, notes: readonly string[]): void =>
  console.log(`  ${name.padEnd(38)} ${figure}   ${notes.join('; ')}`);
