import { formatTime, formatUtc } from '../data/format.ts';

/** Local time on the page, UTC in the title. */
export const Time = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={formatUtc(at)}>
    {formatTime(at)}
  </time>
);
