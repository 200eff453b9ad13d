import { cpSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openBare } from './bare.ts';
import { countEvents, fillEvents } from './fill.ts';
import { makeLanded } from './landed.ts';
import { type Laptop, type StoredObject, startLaptop } from './laptop.ts';
import { startLoader } from './loader.ts';

/** Redshift's role reads this prefix too, and S3 tells nobody of it: the laptop's own loader stays out of the measure. */
const prefix = 'manifests/bench/';
const smallEvents = 2000;
const day = 24 * 3_600_000;
/** A table of so many days, of which a load may look at the window around it. */
const tableDays = 60;

export interface Bulk {
  readonly events: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly bareSeconds: number;
  /** Times as fast as bare DuckDB. */
  readonly ratio: number;
}

/** Files of landing rows to deduplicated rows in a warehouse that has none, against bare DuckDB on the same files. */
export const measureBulk = async (folder: string, events: number, rounds = 2): Promise<Bulk> => {
  const files = 20;
  const landed = await makeLanded(folder, { files, eventsEach: events / files, seed: 'bulk', until: Date.now() });
  const ours: number[] = [];
  const bares: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const data = join(folder, `bulk-${round}`);
    const laptop = await startLaptop(data);
    const objects = await putFiles(laptop, landed.paths);
    const loader = await startLoader(laptop);
    const invocation = await loader.load(objects);
    loader.stop();
    await laptop.stop();
    const loaded = await countEvents(join(data, 'warehouse.duckdb'));
    rmSync(data, { recursive: true });
    ours.push(invocation.ms / 1000);

    const file = join(folder, `bare-${round}.duckdb`);
    const bare = await openBare(file);
    bares.push((await bare.load(landed.paths)) / 1000);
    const wanted = await bare.countEvents();
    bare.close();
    rmSync(file);
    if (loaded !== wanted)
      throw new Error(`the warehouse has ${loaded} events, bare DuckDB ${wanted} of the same files`);
  }
  for (const path of landed.paths) rmSync(path);
  const [seconds, bareSeconds] = [median(ours), median(bares)];
  return { events: landed.events, megabytes: landed.bytes / 1e6, seconds, bareSeconds, ratio: bareSeconds / seconds };
};

export interface Small {
  readonly ms: number;
  readonly bareMs: number;
  /** Of the load with the most. */
  readonly dataApiCalls: number;
  readonly operations: string;
}

/** One object of 2,000 events after another into one warehouse, against bare DuckDB on the same files. */
export const measureSmall = async (folder: string, loads = 25): Promise<Small> => {
  const warm = 3;
  const until = Date.now();
  const { paths } = await makeLanded(folder, { files: warm + loads, eventsEach: smallEvents, seed: 'small', until });
  const laptop = await startLaptop(join(folder, 'small'));
  const objects = await putFiles(laptop, paths);
  const loader = await startLoader(laptop);
  const bare = await openBare(join(folder, 'small.duckdb'));
  const ours: number[] = [];
  const bares: number[] = [];
  const calls: Readonly<Record<string, number>>[] = [];
  for (const [at, object] of objects.entries()) {
    const invocation = await loader.load([object]);
    const bareMs = await bare.load(paths.slice(at, at + 1));
    if (at < warm) continue;
    ours.push(invocation.ms);
    bares.push(bareMs);
    calls.push(invocation.dataApiCalls);
  }
  bare.close();
  loader.stop();
  await laptop.stop();
  const most = [...calls].sort((left, right) => sum(right) - sum(left))[0] ?? {};
  const operations = Object.entries(most).map(([name, count]) => `${count} ${name}`);
  return { ms: median(ours), bareMs: median(bares), dataApiCalls: sum(most), operations: operations.join(', ') };
};

export interface Growth {
  readonly rows: number;
  readonly grownRows: number;
  readonly ms: number;
  readonly grownMs: number;
  /** Times as long with the larger table. */
  readonly ratio: number;
}

/** Loads of 2,000 events into a table of `rows` and one of twenty times as many, in turns; both hold 60 days. */
export const measureGrowth = async (folder: string, rows: number, loads = 15): Promise<Growth> => {
  const warm = 3;
  const grownRows = rows * 20;
  const until = Date.now();
  const span = { from: until - tableDays * day, until };
  const small = join(folder, 'growth-1');
  const large = join(folder, 'growth-20');
  await (await startLaptop(small)).stop();
  cpSync(small, large, { recursive: true });
  await fillEvents(join(small, 'warehouse.duckdb'), { rows, ...span });
  await fillEvents(join(large, 'warehouse.duckdb'), { rows: grownRows, ...span });
  const { paths } = await makeLanded(folder, { files: warm + loads, eventsEach: smallEvents, seed: 'growth', until });
  const sides = await Promise.all(
    [small, large].map(async (data) => {
      const laptop = await startLaptop(data);
      return { laptop, objects: await putFiles(laptop, paths), loader: await startLoader(laptop), ms: [] as number[] };
    }),
  );
  for (let at = 0; at < warm + loads; at++)
    for (const { objects, loader, ms } of sides) ms.push((await loader.load(objects.slice(at, at + 1))).ms);
  for (const { loader, laptop } of sides) {
    loader.stop();
    await laptop.stop();
  }
  const [ms = 0, grownMs = 0] = sides.map((side) => median(side.ms.slice(warm)));
  for (const data of [small, large]) rmSync(data, { recursive: true });
  return { rows, grownRows, ms, grownMs, ratio: grownMs / ms };
};

export interface Memory {
  readonly objects: number;
  /** Fewer than the objects when the loader handed some back or threw, and then the memory says little. */
  readonly loaded: number;
  readonly error: string | undefined;
  /** Resident at most: the whole process with one object, and with all. */
  readonly oneMb: number;
  readonly allMb: number;
}

/** A loader with a thousand objects in one batch, beside one that had a single object. */
export const measureMemory = async (folder: string, count = 1000): Promise<Memory> => {
  const until = Date.now();
  const { paths } = await makeLanded(folder, { files: count + 1, eventsEach: 20, seed: 'memory', until });
  const laptop = await startLaptop(join(folder, 'memory'));
  const [first, ...rest] = await putFiles(laptop, paths);
  const one = await startLoader(laptop);
  const single = await one.load(first === undefined ? [] : [first]);
  one.stop();
  const all = await startLoader(laptop);
  const { failures, error, peakMb } = await all.tryLoad(rest);
  const loaded = error === undefined ? count - failures : 0;
  all.stop();
  await laptop.stop();
  return { objects: count, loaded, error, oneMb: single.peakMb, allMb: peakMb };
};

const putFiles = async (laptop: Laptop, paths: readonly string[]): Promise<StoredObject[]> => {
  const objects: StoredObject[] = [];
  for (const path of paths) objects.push(await laptop.put(`${prefix}${basename(path)}`, readFileSync(path)));
  return objects;
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;
