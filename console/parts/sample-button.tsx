import { useEffect, useState } from 'preact/hooks';
import type { Overview } from '#core/status.ts';
import { formatCount } from '../data/format.ts';
import { followSample, SAMPLE, type SampleState, startSample } from '../data/sample.ts';
import { Play, Warning } from './icons.tsx';

/** A start that no overview has shown by then is not waited for any longer: it may have ended between two polls. */
const SHOWN_WITHIN_MS = 5_000;
const DONE_FOR_MS = 8_000;

export interface SampleControl {
  readonly state: SampleState;
  readonly start: () => void;
}

/** One for the page, so that progress survives when the big button of the empty page gives way to the small one. */
export const useSample = (overview: Overview | null, refresh: () => void): SampleControl => {
  const [state, setState] = useState<SampleState>({ kind: 'idle' });
  useEffect(() => {
    if (overview) setState((before) => followSample(before, overview.sample));
  }, [overview]);
  useEffect(() => {
    if (state.kind !== 'asked' && state.kind !== 'done') return undefined;
    const timer = setTimeout(() => setState({ kind: 'idle' }), state.kind === 'asked' ? SHOWN_WITHIN_MS : DONE_FOR_MS);
    return () => clearTimeout(timer);
  }, [state.kind]);
  const start = async (): Promise<void> => {
    if (state.kind === 'asked' || state.kind === 'running') return;
    setState({ kind: 'asked' });
    const message = await startSample();
    if (message === undefined) refresh();
    else setState({ kind: 'failed', message });
  };
  return { state, start: () => void start() };
};

const Progress = ({ state }: { readonly state: SampleState }) => {
  if (state.kind === 'running') {
    return (
      <div class="progress">
        <progress value={state.sent} max={Math.max(1, state.total)} aria-label="Sample traffic sent" />
        <span>
          {formatCount(state.sent)} of {formatCount(state.total)} sent
        </span>
      </div>
    );
  }
  if (state.kind === 'failed') {
    return (
      <p class="failed" role="alert">
        <Warning />
        <span class="wrap">{state.message}</span>
      </p>
    );
  }
  return <p role="status">{state.kind === 'done' ? `${formatCount(state.total)} events sent.` : ''}</p>;
};

interface Props extends SampleControl {
  readonly isPrimary: boolean;
}

export const SampleButton = ({ state, start, isPrimary }: Props) => {
  const isBusy = state.kind === 'asked' || state.kind === 'running';
  return (
    <div class="sample">
      <button
        type="button"
        class={isPrimary ? 'primary' : 'quiet'}
        aria-disabled={isBusy}
        title={`${formatCount(SAMPLE.events)} made-up events over ${SAMPLE.seconds} seconds, through the real collector`}
        onClick={start}
      >
        <Play />
        {state.kind === 'asked' ? 'Starting…' : isBusy ? 'Sending sample traffic…' : 'Send sample traffic'}
      </button>
      <Progress state={state} />
    </div>
  );
};
