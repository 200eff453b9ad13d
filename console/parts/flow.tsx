import type { Overview, StageStatus } from '#core/status.ts';
import type { History } from '../data/rates.ts';
import { Conservation } from './conservation.tsx';
import { SampleButton, type SampleControl } from './sample-button.tsx';
import { isRecent, StageCard } from './stage-card.tsx';
import { Time } from './time.tsx';

interface Props {
  readonly overview: Overview;
  readonly history: History;
  /** Null while the empty page shows its own, larger button. */
  readonly sample: SampleControl | null;
}

type Failed = StageStatus & { readonly lastError: NonNullable<StageStatus['lastError']> };

const hasFailed = (stage: StageStatus): stage is Failed => stage.lastError !== undefined;

const Failures = ({ stages, now }: { readonly stages: readonly Failed[]; readonly now: string }) => (
  <ul class="failures" aria-label="Latest failure of each stage">
    {stages.map(({ name, lastError }) => (
      <li key={name} class={`failure${isRecent(lastError.at, now) ? ' recent' : ''}`}>
        <strong>{name}</strong> <Time at={lastError.at} />
        <span class="wrap">{lastError.message}</span>
      </li>
    ))}
  </ul>
);

export const Flow = ({ overview, history, sample }: Props) => {
  const { health, totals } = overview;
  const failed = health.stages.filter(hasFailed);
  return (
    <section class="panel" aria-labelledby="flow">
      <div class="panel-head">
        <h2 id="flow">Live flow</h2>
        {sample && <SampleButton {...sample} isPrimary={false} />}
      </div>
      <ol class="flow">
        {health.stages.map((stage) => (
          <StageCard key={stage.name} stage={stage} health={health} history={history} />
        ))}
      </ol>
      {failed.length > 0 && <Failures stages={failed} now={health.now} />}
      <Conservation totals={totals} />
    </section>
  );
};
