import type { Totals } from '#core/status.ts';
import { formatCount } from '../data/format.ts';

/** Where every event that reached the tables ended, over all time. */
export const Conservation = ({ totals }: { readonly totals: Totals }) => {
  const { events, rejected, duplicate, envelopes, loads, objects, deadLetters, missing } = totals;
  const ends = [
    { name: 'loaded', count: events, sign: '' },
    { name: 'rejected', count: rejected, sign: '+' },
    { name: 'duplicate', count: duplicate, sign: '+' },
    { name: 'accounted for', count: events + rejected + duplicate, sign: '=' },
  ];
  const carriers = [
    { name: 'envelopes', count: envelopes },
    { name: 'objects', count: objects },
    { name: 'loads', count: loads },
    { name: 'dead letters', count: deadLetters, isBad: deadLetters > 0 },
    { name: 'missing', count: missing, isBad: missing > 0 },
  ];
  return (
    <div class="conservation">
      <h3 class="unseen">Conservation</h3>
      <dl class="equation" title="Over all time, from the warehouse">
        {ends.map(({ name, count, sign }) => (
          <div key={name} class={`term${sign === '=' ? ' sum' : ''}`}>
            {sign && (
              <span class="sign" aria-hidden="true">
                {sign}
              </span>
            )}
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      <dl class="carriers">
        {carriers.map(({ name, count, isBad = false }) => (
          <div key={name} class={`term${isBad ? ' bad' : ''}`}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
