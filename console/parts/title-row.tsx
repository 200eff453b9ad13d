import type { Health, Overview } from '#core/status.ts';
import { formatDuration } from '../data/format.ts';
import { lagLevel, slowestStage } from '../data/freshness.ts';
import { Mark } from './icons.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { Time } from './time.tsx';

const DIAL: readonly Health['freshness'][] = ['realtime', 'standard', 'economy'];

const FreshnessDial = ({ freshness }: Pick<Health, 'freshness'>) => {
  const turn = DIAL.indexOf(freshness) * 60 - 60;
  return (
    <p class="dial" title="The freshness dial: npm start -- --freshness realtime, standard or economy">
      <svg viewBox="0 0 30 19" width="30" height="19" aria-hidden="true" focusable="false">
        <path d="M3.5 16a11.5 11.5 0 0 1 23 0" />
        <path class="needle" d="M15 16V7.5" transform={`rotate(${turn} 15 16)`} />
        <circle cx="15" cy="16" r="1.6" />
      </svg>
      <span class="unseen">Freshness: </span>
      {freshness}
    </p>
  );
};

/** Up to when everything is accounted for, how far the tables reach, and which stage holds things up when one does. */
const LoadedTo = ({ overview }: { readonly overview: Overview }) => {
  const slowest = slowestStage(overview.health.stages);
  const level = slowest ? lagLevel(slowest.lagSeconds, overview.health) : 'calm';
  return (
    <p class={`loaded-to ${level}`}>
      {overview.loadedTo === null ? (
        'nothing loaded yet'
      ) : (
        <>
          {overview.completeTo !== null && (
            <span class="complete-to" title="Every event accepted before is loaded, a duplicate, rejected or dropped">
              complete to{' '}
              <strong>
                <Time at={overview.completeTo} />
              </strong>
              {' · '}
            </span>
          )}
          loaded to{' '}
          <strong>
            <Time at={overview.loadedTo} />
          </strong>
        </>
      )}
      {slowest && level !== 'calm' && (
        <span class="behind">
          {' '}
          · {slowest.name} waits {formatDuration(slowest.lagSeconds)}
        </span>
      )}
    </p>
  );
};

interface Props {
  readonly overview: Overview | null;
  readonly isSilent: boolean;
}

export const TitleRow = ({ overview, isSilent }: Props) => {
  const status = isSilent ? 'no answer' : (overview?.health.status ?? 'asking');
  return (
    <header class="title-row">
      <h1>
        <Mark />
        Millrace
      </h1>
      {overview && (
        <>
          <p class="stack" title="stack">
            {overview.health.stack}
          </p>
          <div class="freshness">
            <LoadedTo overview={overview} />
            <FreshnessDial freshness={overview.health.freshness} />
          </div>
        </>
      )}
      <div class="corner">
        <p class={`pill ${status.replace(' ', '-')}`} role="status">
          <span class="unseen">Status: </span>
          {status}
        </p>
        <ThemeToggle />
      </div>
    </header>
  );
};
