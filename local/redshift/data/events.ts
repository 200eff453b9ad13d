import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import { account, region } from '../../template/resource-names.ts';
import type { Statement } from './statement.ts';
import { keptMs } from './store.ts';

/** What EventBridge delivers of a statement that ended ("Monitoring events for the Amazon Redshift Data API"). */
export interface StatementEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Redshift Data Statement Status Change';
  readonly source: 'aws.redshift-data';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly principal: string;
    readonly statementName: string;
    readonly statementId: string;
    readonly redshiftQueryId: number;
    readonly state: string;
    readonly rows: number;
    /** When the result goes, in epoch seconds. */
    readonly expireAt: number;
  };
}

/** Events kept to be looked at; no bus delivers them here. */
const maxEvents = 1_000;

/** One event for each statement or batch that was submitted with `WithEvent`, once it is over; without its error, as on AWS. */
export const createEvents = (clock: Clock, random: Random, workgroupArn: string) => {
  const events: StatementEvent[] = [];
  return {
    all: (): readonly StatementEvent[] => events,
    ended: (statement: Statement): void => {
      const { submission, id, status: state, createdAt, queryId: redshiftQueryId, rows } = statement;
      if (!submission.withEvent) return;
      if (events.length >= maxEvents) events.shift();
      events.push({
        version: '0',
        id: random.uuid(),
        'detail-type': 'Redshift Data Statement Status Change',
        source: 'aws.redshift-data',
        account,
        time: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
        region,
        resources: [workgroupArn],
        detail: {
          principal: submission.owner.name,
          statementName: submission.name ?? '',
          statementId: id,
          redshiftQueryId,
          state,
          rows,
          expireAt: Math.floor((createdAt + keptMs) / 1000),
        },
      });
    },
  };
};
