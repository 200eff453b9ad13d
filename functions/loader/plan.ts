import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import { isEmpty, type LandedObject } from './landed-objects.ts';
import { toTransaction } from './statements.ts';

/** One load: the same objects make the same plan, to the letter, in whatever order they come and whoever makes it. */
export interface Plan {
  readonly loadId: string;
  readonly objects: readonly LandedObject[];
  readonly manifestKey: string;
  /** Undefined where every object is empty: nothing is copied then. */
  readonly manifest: Manifest | undefined;
  readonly statements: readonly string[];
  /** Of the request's text: new code or settings make another request of the same load. */
  readonly token: string;
}

interface Manifest {
  readonly entries: readonly { readonly url: string; readonly mandatory: boolean }[];
}

/** Longest text of a statement in bytes (Amazon Redshift Data API, "Considerations"). */
const longestStatement = 100_000;

export const planLoad = (config: Config, unsorted: readonly LandedObject[]): Plan => {
  const objects = unsorted.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const loadId = digest(objects.map(nameOf).join('\n'));
  const manifestKey = `manifests/${loadId}.json`;
  const statements = toTransaction({
    loadId,
    objects,
    manifestUrl: `s3://${config.lakeBucket}/${manifestKey}`,
    copyRoleArn: config.copyRoleArn,
    dedupeDays: config.dedupeDays,
  });
  return {
    loadId,
    objects,
    manifestKey,
    manifest: toManifest(objects.filter((object) => !isEmpty(object))),
    statements,
    token: digest(statements.join('\n')),
  };
};

/** Whether a load names so many objects, or such long ones, that a statement is too long to be sent. */
export const isTooLong = ({ objects, statements }: Plan): boolean =>
  objects.length > 1 && statements.some((sql) => Buffer.byteLength(sql) > longestStatement);

/** All mandatory: an object that is not there fails the load, and is not passed over. */
const toManifest = (objects: readonly LandedObject[]): Manifest | undefined =>
  objects.length === 0
    ? undefined
    : { entries: objects.map(({ bucket, key }) => ({ url: `s3://${bucket}/${key}`, mandatory: true })) };

const nameOf = ({ key, etag }: LandedObject): string => `${key}\n${etag}`;

/** Short enough for a load's id and, with the number of an attempt, for a client token of 64 characters. */
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 48);
