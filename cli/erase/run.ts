import type { Pipeline } from '../pipeline/open.ts';
import type { Progress } from '../simulate/progress.ts';
import { grouped } from '../text.ts';
import { findSubject, readMoment, rememberSubject } from './person.ts';
import { type Report, toReport } from './report.ts';
import { rewriteFailed, rewriteLanded } from './rewrite.ts';
import { emptyFinding, scanLake } from './scan.ts';
import { countRejected, eraseAliases, eraseRows } from './tables.ts';

export interface Wish {
  readonly userId: string;
  readonly isDry: boolean;
  /** Epoch milliseconds; undefined: the whole lake. */
  readonly since: number | undefined;
}

/**
 * The order is what lets an interrupted erasure be run again: first no load takes the person any more; then the rows go, with
 * counts of what the lake will say; then the lake is written anew, each object after its ledger row; the aliases last.
 */
export const erase = async (pipeline: Pipeline, wish: Wish, progress: Progress): Promise<Report> => {
  const { lake, warehouse } = pipeline;
  const begun = Date.now();
  const subject = await (wish.isDry ? findSubject : findAndRemember)(
    warehouse,
    wish.userId,
    await readMoment(warehouse),
  );
  const { person } = subject;

  const finding = emptyFinding();
  const shown = (work: () => Promise<void>, words: () => string) => during(progress, work, words);
  await shown(
    () => scanLake({ lake, person, since: wish.since }, finding),
    () => `reading the lake: ${grouped(finding.objects)} objects, ${grouped(finding.bytes / 1e6)} MB`,
  );
  const rejected = await countRejected(warehouse, finding);
  if (!wish.isDry) {
    await eraseRows(warehouse, subject, finding);
    let written = 0;
    const work = { lake, warehouse, person, onWritten: () => void written++ };
    const all = finding.landed.length + finding.failed.length;
    await shown(
      async () => {
        await rewriteLanded(work, finding.landed);
        await rewriteFailed(work, finding.failed);
      },
      () => `writing the lake: ${grouped(written)} of ${grouped(all)} objects`,
    );
    await eraseAliases(warehouse, subject);
  }
  return toReport(subject, finding, { isDry: wish.isDry, rejected, seconds: (Date.now() - begun) / 1000 });
};

/** Looked at again when nothing more of the person can be loaded: a load can have brought rows, and joined a device, before that. */
const findAndRemember: typeof findSubject = async (warehouse, userId, until) => {
  const first = await findSubject(warehouse, userId, until);
  await rememberSubject(warehouse, first);
  const subject = await findSubject(warehouse, userId, until);
  if (!subject.devices.isSubsetOf(first.devices)) await rememberSubject(warehouse, subject);
  return subject;
};

const during = async (progress: Progress, work: () => Promise<void>, words: () => string): Promise<void> => {
  const end = progress.show(() => ({ done: 0, words: words() }));
  try {
    await work();
  } finally {
    await end();
  }
};
