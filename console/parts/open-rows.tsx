import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from '../data/format.ts';
import { useHeld } from '../hooks.ts';
import { Chevron } from './icons.tsx';

/** A row of a table whose rows open: `cells` after the first, which holds the button. */
interface RowProps {
  readonly id: string;
  readonly label: string;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly first: ComponentChildren;
  readonly cells: ComponentChildren;
  readonly columns: number;
  readonly detail: () => ComponentChildren;
}

/** The whole row takes a click, the button also the keyboard; selecting text in a row does not open it. */
export const OpenRow = ({ id, label, isOpen, onToggle, first, cells, columns, detail }: RowProps) => {
  const onClick = (): void => {
    if (getSelection()?.isCollapsed !== false) onToggle();
  };
  const onButton = (event: MouseEvent): void => {
    event.stopPropagation();
    onToggle();
  };
  return (
    <>
      <tr class={`openable${isOpen ? ' open' : ''}`} onClick={onClick}>
        <td class="when">
          <div>
            <button
              type="button"
              class="expand"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              aria-label={label}
              onClick={onButton}
            >
              <Chevron />
            </button>
            {first}
          </div>
        </td>
        {cells}
      </tr>
      {isOpen && (
        <tr class="detail" id={id}>
          <td colSpan={columns}>{detail()}</td>
        </tr>
      )}
    </>
  );
};

export interface OpenList<T> {
  readonly rows: readonly { readonly key: string; readonly item: T }[];
  readonly isOpen: (key: string) => boolean;
  readonly toggle: (key: string) => void;
  readonly newer: number;
  readonly isHeld: boolean;
  readonly release: () => void;
  readonly bind: Readonly<Record<'onPointerEnter' | 'onPointerLeave', (event: PointerEvent) => void>>;
}

/** The same event may be rejected twice, so equal names get a number: keys must be unique. */
const keyed = <T,>(items: readonly T[], nameOf: (item: T) => string): OpenList<T>['rows'] => {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const name = nameOf(item);
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return { key: times === 0 ? name : `${name} ${times}`, item };
  });
};

/** Held while a row is open or a mouse is over the table: at hundreds of events a second nothing could be clicked or read. */
export const useOpenList = <T,>(items: readonly T[], nameOf: (item: T) => string): OpenList<T> => {
  const [open, setOpen] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const held = useHeld(items, open !== null || isOver, nameOf);
  return {
    rows: keyed(held.items, nameOf),
    isOpen: (key) => open === key,
    toggle: (key) => setOpen(open === key ? null : key),
    newer: held.newer,
    isHeld: held.isHeld,
    release: () => {
      setOpen(null);
      setOver(false);
    },
    bind: {
      onPointerEnter: (event) => {
        if (event.pointerType === 'mouse') setOver(true);
      },
      onPointerLeave: () => setOver(false),
    },
  };
};

export const HeldNote = ({ newer, isHeld, release }: Pick<OpenList<unknown>, 'newer' | 'isHeld' | 'release'>) => (
  <p class={`held${isHeld && newer > 0 ? '' : ' hidden'}`}>
    held still, {formatCount(newer)} newer ·{' '}
    <button type="button" class="link" onClick={release}>
      show
    </button>
  </p>
);
