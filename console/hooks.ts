import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { parseView, toSearch, type View } from './data/address.ts';
import { askOverview, createFeed, type Feed, type FeedState } from './data/feed.ts';

const POLL_MS = 1_000;

const NOTHING: FeedState = { overview: null, minutes: 0, history: [], problem: null, answeredAt: null };

/** Polls each second while the page is visible, and at once when it becomes visible again. */
export const useFeed = (minutes: number): { readonly state: FeedState; readonly refresh: () => void } => {
  const [state, setState] = useState<FeedState>(NOTHING);
  const feed = useRef<Feed | null>(null);
  useEffect(() => {
    const isVisible = (): boolean => document.visibilityState === 'visible';
    const made = createFeed(minutes, { ask: askOverview, isVisible, onState: setState, everyMs: POLL_MS });
    const onVisible = (): void => {
      if (isVisible()) made.refresh();
    };
    feed.current = made;
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      made.stop();
    };
  }, []);
  useEffect(() => feed.current?.setMinutes(minutes), [minutes]);
  return { state, refresh: () => feed.current?.refresh() };
};

/** The view in the address; going back and forth in the browser's history changes it. */
export const useView = (): readonly [View, (view: View) => void] => {
  const [view, setView] = useState(() => parseView(location.search));
  useEffect(() => {
    const onPopState = (): void => setView(parseView(location.search));
    addEventListener('popstate', onPopState);
    return () => removeEventListener('popstate', onPopState);
  }, []);
  const change = (next: View): void => {
    history.replaceState(null, '', toSearch(location.search, next));
    setView(next);
  };
  return [view, change];
};

/** Width of an element in whole pixels, 0 before the first layout. */
export const useWidth = <T extends Element>(): readonly [{ readonly current: T | null }, number] => {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return undefined;
    const measure = (): void => setWidth(Math.floor(watched.getBoundingClientRect().width));
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  return [element, width];
};

export interface HeldList<T> {
  readonly items: readonly T[];
  /** How many items came since the list was held; 0 while it is not. */
  readonly newer: number;
  readonly isHeld: boolean;
}

/** While held, a list stays as it was: rows must not move away under a pointer or from an open row. */
export const useHeld = <T>(items: readonly T[], hold: boolean, idOf: (item: T) => string): HeldList<T> => {
  const held = useRef<readonly T[] | null>(null);
  if (!hold) held.current = null;
  else held.current ??= items;
  const shown = held.current ?? items;
  const seen = new Set(shown.map(idOf));
  return { items: shown, newer: items.filter((item) => !seen.has(idOf(item))).length, isHeld: hold };
};
