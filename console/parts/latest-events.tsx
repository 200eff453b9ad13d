import type { LatestEvent } from '#core/status.ts';
import { compactJson, prettyJson } from '../data/format.ts';
import { useWidth } from '../hooks.ts';
import { HeldNote, OpenRow, useOpenList } from './open-rows.tsx';
import { Time } from './time.tsx';

const nameOf = ({ event_id }: LatestEvent): string => event_id;

const Dash = () => <span class="none">–</span>;

const WideCells = ({ event }: { readonly event: LatestEvent }) => (
  <>
    <td class="name" title={event.event_name}>
      <strong>{event.event_name}</strong>
    </td>
    <td title={event.source ?? ''}>{event.source ?? <Dash />}</td>
    <td title={event.user_id ?? ''}>{event.user_id ?? <Dash />}</td>
    <td class="json">{compactJson(event.properties)}</td>
  </>
);

const NarrowCells = ({ event }: { readonly event: LatestEvent }) => (
  <td class="name">
    <div class="lead">
      <strong title={event.event_name}>{event.event_name}</strong>
      <small>{[event.source, event.user_id].filter((part) => part !== null).join(' · ')}</small>
    </div>
    <div class="json">{compactJson(event.properties)}</div>
  </td>
);

const COLUMNS = [
  { title: 'Name', kind: 'name' },
  { title: 'Source', kind: 'source' },
  { title: 'User', kind: 'user' },
  { title: 'Properties', kind: '' },
] as const;
/** Below this the panel has room for one column beside the time; a column hidden by style would still count in `colSpan`. */
const NARROW = 700;
const NARROW_COLUMNS = [{ title: 'Name and properties', kind: '' }] as const;

export const LatestEvents = ({ events }: { readonly events: readonly LatestEvent[] }) => {
  const list = useOpenList(events, nameOf);
  const [box, width] = useWidth<HTMLElement>();
  const isNarrow = width < NARROW;
  const columns = isNarrow ? NARROW_COLUMNS : COLUMNS;
  const Cells = isNarrow ? NarrowCells : WideCells;
  return (
    <section class="panel" ref={box} aria-labelledby="events">
      <div class="panel-head">
        <h2 id="events">Latest events</h2>
        <HeldNote {...list} />
      </div>
      {events.length === 0 ? (
        <p class="nothing">No events in the tables yet.</p>
      ) : (
        <table class={`rows events${isNarrow ? ' narrow' : ''}`} {...list.bind}>
          <caption class="unseen">The events loaded last, newest first; a row opens to the whole event</caption>
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
                id={`event ${key}`.replaceAll(/\s/g, '-')}
                label={`All of ${item.event_name}`}
                isOpen={list.isOpen(key)}
                onToggle={() => list.toggle(key)}
                first={<Time at={item.event_time} />}
                cells={<Cells event={item} />}
                columns={columns.length + 1}
                detail={() => <pre>{prettyJson(item)}</pre>}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
