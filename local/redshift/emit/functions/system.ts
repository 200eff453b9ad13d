import { defaultSchema } from '../../catalogue.ts';
import { text, type } from '../../sql/types.ts';
import { quote } from '../emitter.ts';
import { plain, type Rules } from './rule.ts';

const version =
  'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0 (Millrace laptop)';

export const systemRules: Rules = {
  current_user: plain(0, 0, ({ emitter }) => ({ sql: quote(emitter.context.facts.user), type: text(128) })),
  session_user: plain(0, 0, ({ emitter }) => ({ sql: quote(emitter.context.facts.user), type: text(128) })),
  user: plain(0, 0, ({ emitter }) => ({ sql: quote(emitter.context.facts.user), type: text(128) })),
  current_database: plain(0, 0, ({ emitter }) => ({ sql: quote(emitter.context.facts.database), type: text(128) })),
  current_schema: plain(0, 0, () => ({ sql: quote(defaultSchema), type: text(128) })),
  version: plain(0, 0, () => ({ sql: quote(version), type: text() })),
  pg_backend_pid: plain(0, 0, ({ emitter }) => ({ sql: String(emitter.context.facts.pid), type: type('integer') })),
  pg_last_copy_count: plain(0, 0, ({ emitter }) => ({
    sql: `CAST(${emitter.context.facts.lastCopyCount} AS BIGINT)`,
    type: type('bigint'),
  })),
  pg_last_copy_id: plain(0, 0, ({ emitter }) => ({
    sql: `CAST(${emitter.context.facts.lastCopyId} AS BIGINT)`,
    type: type('bigint'),
  })),
  pg_last_query_id: plain(0, 0, ({ emitter }) => ({
    sql: `CAST(${emitter.context.facts.lastQueryId} AS BIGINT)`,
    type: type('bigint'),
  })),
};
