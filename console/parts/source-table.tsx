import { formatCount, formatShare } from '../data/format.ts';
import { formatMoney, toNumber } from '../data/money.ts';
import type { Sums } from '../data/revenue.ts';

interface Props {
  readonly sources: readonly (Sums & { readonly source: string })[];
  readonly currency: string;
  readonly colourOf: (source: string) => string;
  readonly onPoint: (source: string | null) => void;
}

/** The chart's legend, with the sums that the colours stand for. */
export const SourceTable = ({ sources, currency, colourOf, onPoint }: Props) => {
  const positive = sources.reduce((total, { net }) => (net > 0n ? total + net : total), 0n);
  return (
    <div class="sources">
      <table>
        <caption class="unseen">Net revenue and orders by source; the colours are those of the chart</caption>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" class="number">
              Orders
            </th>
            <th scope="col" class="number">
              Net
            </th>
            <th scope="col" class="number">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ source, orders, net }) => (
            <tr key={source} onPointerEnter={() => onPoint(source)} onPointerLeave={() => onPoint(null)}>
              <th scope="row" title={source}>
                <span class="swatch" style={{ background: colourOf(source) }} />
                {source}
              </th>
              <td class="number">{formatCount(orders)}</td>
              <td class="number">{formatMoney(net, currency)}</td>
              <td class="number">{net > 0n ? formatShare(toNumber(net), toNumber(positive)) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
