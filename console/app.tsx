import { useEffect } from 'preact/hooks';
import type { Overview } from '#core/status.ts';
import { useFeed, useView } from './hooks.ts';
import { FirstEvent } from './parts/first-event.tsx';
import { Flow } from './parts/flow.tsx';
import { LatestEvents } from './parts/latest-events.tsx';
import { LatestRejections } from './parts/latest-rejections.tsx';
import { NoAnswer, ProblemBanner } from './parts/problem.tsx';
import { Revenue } from './parts/revenue.tsx';
import { useSample } from './parts/sample-button.tsx';
import { TitleRow } from './parts/title-row.tsx';

const isEmpty = ({ totals, latestEvents, latestRejections }: Overview): boolean =>
  totals.events + totals.rejected + latestEvents.length + latestRejections.length === 0;

export const App = () => {
  const [view, setView] = useView();
  const { state, refresh } = useFeed(view.minutes);
  const { overview, problem, history, answeredAt, minutes } = state;
  const sample = useSample(overview, refresh);
  const stack = overview?.health.stack;
  useEffect(() => {
    document.title = [problem ? 'no answer' : '', stack ?? '', 'Millrace'].filter(Boolean).join(' · ');
  }, [problem !== null, stack]);

  return (
    <>
      <TitleRow overview={overview} isSilent={problem !== null} />
      <main class={problem ? 'outdated' : ''} aria-busy={!overview && !problem}>
        {problem && answeredAt !== null && <ProblemBanner problem={problem} answeredAt={answeredAt} />}
        {problem && !overview && <NoAnswer problem={problem} />}
        {!problem && !overview && <p class="asking">Asking the laptop…</p>}
        {overview && (
          <div class="data">
            {isEmpty(overview) ? (
              <FirstEvent overview={overview} sample={sample} />
            ) : (
              <Revenue overview={overview} view={view} onView={setView} minutes={minutes} />
            )}
            <Flow overview={overview} history={history} sample={isEmpty(overview) ? null : sample} />
            {!isEmpty(overview) && (
              <div class="lists">
                <LatestEvents events={overview.latestEvents} />
                <LatestRejections
                  latestRejections={overview.latestRejections}
                  rejectionsByReason={overview.rejectionsByReason}
                />
              </div>
            )}
          </div>
        )}
      </main>
    </>
  );
};
