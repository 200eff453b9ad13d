import type { Problem } from '../data/feed.ts';
import { formatTime, formatUtc } from '../data/format.ts';
import { Warning } from './icons.tsx';

const headline = ({ kind }: Problem): string =>
  kind === 'silent' ? 'The laptop does not answer' : 'The laptop answers, but not with data';

/** Above the last known data. */
export const ProblemBanner = ({ problem, answeredAt }: { readonly problem: Problem; readonly answeredAt: number }) => {
  const at = new Date(answeredAt).toISOString();
  return (
    <div class="banner" role="alert">
      <Warning />
      <p>
        <strong>{headline(problem)}.</strong> {problem.message && <>({problem.message}) </>}
        What is below was true at{' '}
        <time dateTime={at} title={formatUtc(at)}>
          {formatTime(at)}
        </time>
        . Asking again every second.
      </p>
    </div>
  );
};

/** In place of everything, when there was never an answer. */
export const NoAnswer = ({ problem }: { readonly problem: Problem }) => (
  <section class="panel no-answer" role="alert">
    <Warning />
    <h2>{headline(problem)}</h2>
    {problem.kind === 'silent' ? (
      <p>
        Nothing listens at <code>{location.host}</code>
        {problem.message && <> ({problem.message})</>}. Start it with <code>npm start</code> in the project’s folder;
        this page notices by itself.
      </p>
    ) : (
      <p>
        <span class="wrap">{problem.message}</span>. Reload the page if Millrace was updated; the terminal that runs{' '}
        <code>npm start</code> may say more. Asking again every second.
      </p>
    )}
  </section>
);
