import { formatCount } from '../data/format.ts';
import { formatMoney } from '../data/money.ts';
import { averageOrder, type Sums } from '../data/revenue.ts';

export const Kpis = ({ sums, currency }: { readonly sums: Sums; readonly currency: string }) => {
  const average = averageOrder(sums);
  const figures = [
    {
      name: 'Net revenue',
      value: formatMoney(sums.net, currency),
      note: `${formatMoney(sums.gross, currency)} gross`,
    },
    { name: 'Orders', value: formatCount(sums.orders), note: 'each counted once' },
    { name: 'Refunds', value: formatCount(sums.refunds), note: `${formatMoney(sums.refunded, currency)} paid back` },
    {
      name: 'Average order',
      value: average === undefined ? '–' : formatMoney(average, currency),
      note: 'gross over orders',
    },
  ];
  return (
    <dl class="kpis">
      {figures.map(({ name, value, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong>
            <small>{note}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
};
