import type { LatestRejection, Overview } from '#core/status.ts';
import { useWidth } from '../hooks.ts';
import { HeldNote, OpenRow, useOpenList } from './open-rows.tsx';
import { Reasons } from './reasons.tsx';
import { Time } from './time.tsx';

const nameOf = ({ event_id, received_at, reason, field }: LatestRejection): string =>
  [event_id, received_at, reason, field ?? ''].join(' ');

interface CellProps {
  readonly rejection: LatestRejection;
}

const Why = ({ rejection: { field, detail } }: CellProps) => (
  <>
    {field !== null && <code>{field}</code>} {detail}
  </>
);

const WideCells = ({ rejection }: CellProps) => (
  <>
    <td title={rejection.reason}>
      <span class="reason">{rejection.reason}</span>
    </td>
    <td title={rejection.event_name ?? ''}>{rejection.event_name ?? <span class="none">–</span>}</td>
    <td class="detail-text" title={rejection.detail}>
      <Why rejection={rejection} />
    </td>
  </>
);

const NarrowCells = ({ rejection }: CellProps) => (
  <td>
    <div class="lead">
      <strong class="reason" title={rejection.reason}>
        {rejection.reason}
      </strong>
      <small>{rejection.event_name}</small>
    </div>
    <div class="detail-text">
      <Why rejection={rejection} />
    </div>
  </td>
);

const COLUMNS = [
  { title: 'Reason', kind: 'word' },
  { title: 'Event', kind: 'event' },
  { title: 'Field and detail', kind: '' },
] as const;
/** Below this the panel has room for one column beside the time; a column hidden by style would still count in `colSpan`. */
const NARROW = 700;
const NARROW_COLUMNS = [{ title: 'Reason and detail', kind: '' }] as const;

const facts = ({ reason, field, detail, event_id }: LatestRejection) =>
  [
    ['Reason', reason],
    ['Field', field ?? '–'],
    ['Detail', detail],
    ['Event id', event_id],
  ] as const;

const Original = ({ rejection }: CellProps) => (
  <>
    <dl class="facts">
      {facts(rejection).map(([name, value]) => (
        <div key={name} class="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
    <h3>As received</h3>
    {rejection.original === null ? (
      <p class="nothing">It was not text, so it cannot be shown.</p>
    ) : (
      <pre>{rejection.original}</pre>
    )}
  </>
);

type Props = Pick<Overview, 'latestRejections' | 'rejectionsByReason'>;

export const LatestRejections = ({ latestRejections, rejectionsByReason }: Props) => {
  const list = useOpenList(latestRejections, nameOf);
  const [box, width] = useWidth<HTMLElement>();
  const isNarrow = width < NARROW;
  const columns = isNarrow ? NARROW_COLUMNS : COLUMNS;
  const Cells = isNarrow ? NarrowCells : WideCells;
  return (
    <section class="panel" ref={box} aria-labelledby="rejections">
      <div class="panel-head">
        <h2 id="rejections">Latest rejections</h2>
        <HeldNote {...list} />
      </div>
      {rejectionsByReason.length > 0 && <Reasons reasons={rejectionsByReason} />}
      {latestRejections.length === 0 ? (
        <p class="nothing">
          Nothing was rejected. An event that is would be here, with the reason and as it was received.
        </p>
      ) : (
        <table class={`rows rejections${isNarrow ? ' narrow' : ''}`} {...list.bind}>
          <caption class="unseen">The events rejected last, newest first; a row opens to the text as received</caption>
          <thead>
            <tr>
              <th scope="col" class="when">
                Time
              </th>
              {columns.map(({ title, kind }) => (
                <th key={title} scope="col" class={kind}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.rows.map(({ key, item }) => (
              <OpenRow
                key={key}
                id={`rejection ${key}`.replaceAll(/\s/g, '-')}
                label={`Why ${item.event_name ?? 'this event'} was rejected, and its text`}
                isOpen={list.isOpen(key)}
                onToggle={() => list.toggle(key)}
                first={<Time at={item.received_at} />}
                cells={<Cells rejection={item} />}
                columns={columns.length + 1}
                detail={() => <Original rejection={item} />}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
