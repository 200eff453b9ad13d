import { useEffect, useState } from 'preact/hooks';
import { Check, Copy } from './icons.tsx';

type Outcome = 'ready' | 'copied' | 'failed';

const TEXT: Readonly<Record<Outcome, string>> = { ready: 'Copy', copied: 'Copied', failed: 'Select and copy by hand' };

/** The clipboard is missing where the page is not on localhost or HTTPS; then the reader is told. */
export const CopyButton = ({ text }: { readonly text: string }) => {
  const [outcome, setOutcome] = useState<Outcome>('ready');
  useEffect(() => {
    if (outcome === 'ready') return undefined;
    const timer = setTimeout(() => setOutcome('ready'), 2_500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const onClick = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <button type="button" class="quiet copy" onClick={() => void onClick()}>
      {outcome === 'copied' ? <Check /> : <Copy />}
      <span aria-live="polite">{TEXT[outcome]}</span>
    </button>
  );
};
