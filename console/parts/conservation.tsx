import type { Totals } from '#core/status.ts';
import { formatCount } from '../data/format.ts';

/** Where every event that reached the tables ended, over all time. */
export const Conservation = ({ totals }: { readonly totals: Totals }) => {
  const { events, rejected, duplicate, envelopes, loads, objects, deadLetters } = totals;
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
    { name: 'dead letters', count: deadLetters },
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
        {carriers.map(({ name, count }) => (
          <div key={name} class={`term${name === 'dead letters' && count > 0 ? ' bad' : ''}`}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
