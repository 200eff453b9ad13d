import { AwsError } from '../aws-error.ts';
import type { Random } from '../random.ts';
import { numberOf, type Row, type Store, textOf } from '../store.ts';

export interface UsageLimit {
  readonly usageLimitId: string;
  readonly usageLimitArn: string;
  readonly resourceArn: string;
  readonly usageType: string;
  /** RPU-hours. */
  readonly amount: number;
  readonly period: string;
  readonly breachAction: string;
}

export interface UsageLimits {
  /** Throws ConflictException when the resource has a limit of that type and period. */
  create(limit: Omit<UsageLimit, 'usageLimitId' | 'usageLimitArn'>): UsageLimit;
  /** The others throw ResourceNotFoundException when there is no limit of that id. */
  get(id: string): UsageLimit;
  update(id: string, change: { readonly amount?: number; readonly breachAction?: string }): UsageLimit;
  remove(id: string): UsageLimit;
  all(): readonly UsageLimit[];
}

export interface UsageLimitSettings {
  readonly store: Store;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}

/** Limits as they were set. They are kept and not watched over: the laptop's warehouse uses no RPUs. */
export const createUsageLimits = ({ store, random, region, accountId }: UsageLimitSettings): UsageLimits => {
  store.exec(`CREATE TABLE IF NOT EXISTS usage_limits (id TEXT PRIMARY KEY, resource_arn TEXT NOT NULL,
    usage_type TEXT NOT NULL, amount INTEGER NOT NULL, period TEXT NOT NULL, breach_action TEXT NOT NULL,
    UNIQUE (resource_arn, usage_type, period)) STRICT`);
  const select = store.prepare('SELECT * FROM usage_limits WHERE id = ?');
  const selectAll = store.prepare('SELECT * FROM usage_limits ORDER BY id');
  const same = store.prepare('SELECT id FROM usage_limits WHERE resource_arn = ? AND usage_type = ? AND period = ?');
  const insert = store.prepare('INSERT INTO usage_limits VALUES (?, ?, ?, ?, ?, ?)');
  const change = store.prepare('UPDATE usage_limits SET amount = ?, breach_action = ? WHERE id = ?');
  const drop = store.prepare('DELETE FROM usage_limits WHERE id = ?');

  const toLimit = (row: Row): UsageLimit => ({
    usageLimitId: textOf(row, 'id'),
    usageLimitArn: `arn:aws:redshift-serverless:${region}:${accountId}:usagelimit/${textOf(row, 'id')}`,
    resourceArn: textOf(row, 'resource_arn'),
    usageType: textOf(row, 'usage_type'),
    amount: numberOf(row, 'amount'),
    period: textOf(row, 'period'),
    breachAction: textOf(row, 'breach_action'),
  });
  const get = (id: string): UsageLimit => {
    const row = select.get(id);
    if (row === undefined) throw new AwsError('ResourceNotFoundException', `Usage limit ${id} does not exist.`, 404);
    return toLimit(row);
  };

  return {
    get,
    create({ resourceArn, usageType, amount, period, breachAction }) {
      if (same.get(resourceArn, usageType, period) !== undefined)
        throw new AwsError(
          'ConflictException',
          `A ${period} usage limit of ${usageType} exists for ${resourceArn}.`,
          409,
        );
      const id = random.uuid();
      insert.run(id, resourceArn, usageType, amount, period, breachAction);
      return get(id);
    },
    update(id, { amount, breachAction }) {
      const before = get(id);
      change.run(amount ?? before.amount, breachAction ?? before.breachAction, id);
      return get(id);
    },
    remove(id) {
      const before = get(id);
      drop.run(id);
      return before;
    },
    all: () => selectAll.all().map(toLimit),
  };
};
