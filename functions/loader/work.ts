import type { Pause } from '#aws/backoff.ts';
import type { Warehouse } from '#aws/redshift.ts';
import type { Bucket } from '#aws/s3.ts';
import type { Log, Meter } from '#aws/telemetry.ts';
import type { Config } from './config.ts';

export interface LoadDeps {
  readonly config: Config;
  readonly bucket: Bucket;
  readonly warehouse: Warehouse;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Between attempts of a load that was in another's way. */
  readonly pause: Pause;
  readonly logger: Log;
  readonly metrics: Meter;
}

/** How far Lambda's clock, Redshift's and that of its Data API may be apart: far less than the queue takes to tell anew. */
export const clockSkewMs = 5000;

/** One call of the loader. Times in epoch milliseconds. */
export interface Work {
  readonly deps: LoadDeps;
  readonly begunAt: number;
  readonly deadline: number;
}
