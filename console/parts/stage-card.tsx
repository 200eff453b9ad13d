import type { Health, StageStatus } from '#core/status.ts';
import { formatCount, formatCounted, formatDuration, formatRate, parseTime, toWords } from '../data/format.ts';
import { type Level, lagLevel } from '../data/freshness.ts';
import { type History, rateOf, rateSeries } from '../data/rates.ts';
import { Sparkline } from './sparkline.tsx';
import { Time } from './time.tsx';

/** What each stage is on AWS. A stage that a newer laptop adds is shown without. */
const SERVICE: Readonly<Record<string, string>> = {
  producer: 'HTTP API, Lambda',
  stream: 'Data Firehose',
  transformer: 'Lambda',
  lake: 'S3',
  queue: 'SQS',
  loader: 'Lambda',
  warehouse: 'Redshift',
};

/** As long as the laptop itself counts a failure towards `degraded`. */
const RECENT_MS = 60_000;

export const isRecent = (at: string, now: string): boolean => parseTime(now) - parseTime(at) < RECENT_MS;

const levelOf = (stage: StageStatus, health: Health): Level => {
  if (stage.lastError && isRecent(stage.lastError.at, health.now)) return 'stuck';
  return lagLevel(stage.lagSeconds, health);
};

interface Props {
  readonly stage: StageStatus;
  readonly health: Health;
  readonly history: History;
}

export const StageCard = ({ stage, health, history }: Props) => {
  const { name, resource, counts, queued, lagSeconds, lastError } = stage;
  const [first, ...others] = Object.entries(counts);
  const rate = first ? rateOf(history, name, first[0]) : null;
  const isMoving = rate !== null && rate > 0;
  return (
    <li class={`stage ${levelOf(stage, health)}${isMoving ? ' moving' : ''}`}>
      {isMoving && <span class="drop" aria-hidden="true" />}
      <div class="stage-head">
        <h3>{name}</h3>
        <p class="service">{SERVICE[name]}</p>
        <p class="resource" title={resource}>
          {resource}
        </p>
      </div>
      <div class="stage-flow">
        {first && (
          <p class="first-count">
            <strong>{formatCounted(first[1], first[0])}</strong> {toWords(first[0])}
          </p>
        )}
        <p class="rate" title="over the last seconds">
          {formatRate(rate, first?.[0])}
        </p>
      </div>
      <Sparkline values={first ? rateSeries(history, name, first[0]) : []} />
      <dl class="stage-rest">
        {others.map(([word, count]) => (
          <div key={word} class="stage-fact">
            <dt>{toWords(word)}</dt>
            <dd>
              {formatCounted(count, word)}{' '}
              <span class="second-rate">{formatRate(rateOf(history, name, word), word)}</span>
            </dd>
          </div>
        ))}
        <div class="stage-fact">
          <dt>queued</dt>
          <dd>{formatCount(queued)}</dd>
        </div>
        <div class={`stage-fact ${lagLevel(lagSeconds, health)}`}>
          <dt>lag</dt>
          <dd>{formatDuration(lagSeconds)}</dd>
        </div>
      </dl>
      {lastError && (
        <p class={`error-note ${isRecent(lastError.at, health.now) ? 'recent' : ''}`}>
          failed <Time at={lastError.at} />
        </p>
      )}
    </li>
  );
};
