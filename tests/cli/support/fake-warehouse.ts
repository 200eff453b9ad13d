type Field = Readonly<Record<string, unknown>>;
type Event = Readonly<Record<string, unknown>>;

/** Enough of the Redshift Data API for the statements that the command line issues, and a few fixed ones. */
export interface FakeWarehouse {
  load(event: Event, twice: boolean): void;
  /** JSON body of an operation's answer. */
  answer(operation: string, input: Readonly<Record<string, unknown>>): unknown;
}

interface Table {
  readonly columns: readonly { readonly name: string; readonly typeName: string }[];
  readonly rows: readonly (readonly Field[])[];
}

const long = (value: number): Field => ({ longValue: value });
const string = (value: string): Field => ({ stringValue: value });
const day = 86_400_000;

const isSound = ({ event_name, event_time, properties }: Event): boolean => {
  const time = Date.parse(String(event_time));
  const json = JSON.stringify(properties ?? {});
  const isNamed = typeof event_name === 'string' && event_name.length > 0 && event_name.length <= 256;
  return isNamed && time <= Date.now() + day && json.length < 65_535 && !json.includes('\\u0000');
};

const propertiesOf = (event: Event): Event =>
  typeof event.properties === 'object' && event.properties !== null ? { ...event.properties } : {};

const fixed: Readonly<Record<string, Table>> = {
  'SELECT everything': {
    columns: [
      { name: 'name', typeName: 'varchar' },
      { name: 'n', typeName: 'int8' },
      { name: 'total', typeName: 'numeric' },
      { name: 'n', typeName: 'super' },
    ],
    rows: [
      [string('first\nline'), long(7), string('129.9000'), string('{"a":1}')],
      [{ isNull: true }, long(12_345), string('0.5000'), { isNull: true }],
      [string('x'.repeat(100)), long(1), string('3.0000'), string('[]')],
    ],
  },
};

const counts = (values: readonly number[]): Table => ({
  columns: values.map((_, index) => ({ name: `c${index}`, typeName: 'int8' })),
  rows: [values.map(long)],
});

const like = (sql: string, operator: string): RegExp => {
  const [, pattern = ''] = new RegExp(`${operator} '([^']*)'`).exec(sql) ?? [];
  return new RegExp(`^${pattern.replaceAll('_', '.').replaceAll('%', '.*')}$`);
};

export const createFakeWarehouse = (): FakeWarehouse => {
  const events: Event[] = [];
  const rejected = new Map<string, Event>();
  const statements = new Map<string, string>();
  const seen = new Set<string>();
  const idOf = (event: Event): string => String(event.event_id);

  const tableOf = (sql: string): Table => {
    const ours = like(sql, 'event_id LIKE');
    if (sql.includes('properties.total')) {
      const sums = new Map<string, number>();
      for (const event of events) {
        const { currency, total } = propertiesOf(event);
        if (event.event_name !== 'order_completed' && event.event_name !== 'order_refunded') continue;
        const key = `${event.event_name} ${currency}`;
        sums.set(key, (sums.get(key) ?? 0) + Math.round(Number(total) * 100));
      }
      const rows = [...sums].map(([key, cents]) => [...key.split(' ').map(string), string((cents / 100).toFixed(4))]);
      return { columns: [], rows };
    }
    const malformed = like(sql, 'event_id LIKE|event_id NOT LIKE');
    const allIds = like(sql, 'AND event_id LIKE');
    if (sql.includes('FROM millrace.rejected_events')) {
      const ids = [...rejected.keys()].filter((id) => allIds.test(id));
      return counts([ids.length, ids.filter((id) => !malformed.test(id)).length]);
    }
    if (sql.includes('FROM millrace.events')) {
      const ids = events.map(idOf).filter((id) => allIds.test(id));
      return counts([ids.length, new Set(ids).size, ids.filter((id) => ours.test(id)).length]);
    }
    return fixed[sql] ?? { columns: [], rows: [] };
  };

  return {
    load: (event, twice) => {
      const id = idOf(event);
      if (!isSound(event)) rejected.set(id, event);
      else if (!seen.has(id)) events.push(event, ...(twice ? [event] : []));
      seen.add(id);
    },
    answer: (operation, input) => {
      if (operation === 'ExecuteStatement') {
        const id = `00000000-0000-4000-8000-${String(statements.size).padStart(12, '0')}`;
        statements.set(id, String(input.Sql));
        return { Id: id, Status: 'STARTED' };
      }
      const id = String(input.Id);
      const sql = statements.get(id) ?? '';
      if (operation === 'DescribeStatement') {
        if (sql.includes('broken')) return { Id: id, Status: 'FAILED', Error: 'ERROR: column "broken" does not exist' };
        return { Id: id, Status: 'FINISHED', HasResultSet: !sql.startsWith('DELETE'), ResultRows: 2 };
      }
      // One row a page, so that paging is always exercised.
      const { columns, rows } = tableOf(sql);
      const at = Number(input.NextToken ?? '0');
      const more = at + 1 < rows.length ? { NextToken: String(at + 1) } : {};
      return { Records: rows.slice(at, at + 1), ColumnMetadata: columns, TotalNumRows: rows.length, ...more };
    },
  };
};
