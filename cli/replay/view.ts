import { grouped } from '../text.ts';
import type { Report } from './report.ts';

/** What a replay did, for people. */
export const reportLines = (report: Report): readonly string[] => {
  const { dry_run: isDry, found, put, skipped, bytes, by, oldest, newest, unidentified } = report;
  const [things, skippedAs] =
    report.replayed === 'failed' ? ['records', 'put back before'] : ['events', 'loaded since'];
  const lines = [
    `${grouped(found)} ${things} found, ${grouped(skipped)} ${skippedAs}, ${grouped(put)} ${isDry ? 'would be put back' : 'put back'} (${grouped(bytes)} bytes)`,
    ...Object.entries(by)
      .sort(([, a], [, b]) => b - a)
      .map(([word, count]) => `  ${grouped(count).padStart(9)}  ${word}`),
  ];
  if (oldest !== null && newest !== null) lines.push(`  from ${oldest} to ${newest}`);
  if (unidentified > 0)
    lines.push(
      `  ${grouped(unidentified)} of them cannot carry the id of their row: each is a new row, and a new one again in another replay`,
    );
  if (report.producer !== null) lines.push(`  counted under the producer ${report.producer}`);
  return lines;
};
