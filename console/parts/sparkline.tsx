const WIDTH = 120;
const HEIGHT = 26;

/** The last minute of a rate, for its shape only; the figure stands beside it. */
export const Sparkline = ({ values }: { readonly values: readonly number[] }) => {
  const top = Math.max(1e-9, ...values);
  const step = WIDTH / 60;
  const start = WIDTH - (values.length - 1) * step;
  const line = values
    .map(
      (value, index) =>
        `${(start + index * step).toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)}`,
    )
    .join('L');
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {values.length > 1 && (
        <>
          <path class="area" d={`M${start.toFixed(1)},${HEIGHT}L${line}L${WIDTH},${HEIGHT}Z`} />
          <path class="line" d={`M${line}`} />
        </>
      )}
    </svg>
  );
};
