import type { Overview } from '#core/status.ts';
import { formatCount } from '../data/format.ts';

/** Rejections by reason over all time, as small bars. */
export const Reasons = ({ reasons }: { readonly reasons: Overview['rejectionsByReason'] }) => {
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  return (
    <ul class="reasons" aria-label="Rejections by reason, over all time">
      {reasons.map(({ reason, count }) => (
        <li key={reason}>
          <span class="reason" title={reason}>
            {reason}
          </span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span class="number">{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
};
