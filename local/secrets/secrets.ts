import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { numberOf, optionalTextOf, type Row, type Store, textOf } from '../store.ts';

/** Exactly one of the two is set. */
export interface SecretValue {
  readonly text?: string;
  readonly bytes?: Buffer;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface CreateSecret {
  readonly name: string;
  /** Made of the name and six random letters unless given. */
  readonly arn?: string | undefined;
  readonly description?: string | undefined;
  readonly value?: SecretValue | undefined;
  /** Makes the call repeatable: it becomes the version id. */
  readonly token?: string | undefined;
}

/** Secrets are named by their name or their ARN. What finds none throws ResourceNotFoundException. */
export interface Secrets {
  /** Throws ResourceExistsException. */
  create(secret: CreateSecret): { readonly secret: Secret; readonly versionId: string | undefined };
  /** Keeps a secret that is there; else creates it with the value that `make` gives. For what a template declares. */
  ensure(name: string, make: () => Omit<CreateSecret, 'name'>): Secret;
  find(id: string): Secret;
  all(): readonly Secret[];
  versions(id: string): readonly SecretVersion[];
  /** The version with this id and stage; AWSCURRENT when neither is given. */
  value(
    id: string,
    which: { readonly versionId?: string | undefined; readonly stage?: string | undefined },
  ): SecretVersion;
  /** The new version takes AWSCURRENT, the one before becomes AWSPREVIOUS. */
  put(id: string, value: SecretValue, token?: string): SecretVersion;
  stats(): SecretsStats;
}

export interface SecretsStats {
  readonly queued: 0;
  readonly oldest: undefined;
  readonly counts: { readonly secrets: number; readonly reads: number };
  readonly lastError: undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS secret (
    name TEXT PRIMARY KEY, arn TEXT UNIQUE NOT NULL, description TEXT, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secret_version (
    secret TEXT NOT NULL, version_id TEXT NOT NULL, text TEXT, bytes TEXT, stages TEXT NOT NULL, created_at INTEGER NOT NULL,
    PRIMARY KEY (secret, version_id)) WITHOUT ROWID;`;

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const notFound = (message = "Secrets Manager can't find the specified secret."): AwsError =>
  new AwsError('ResourceNotFoundException', message);

export const createSecrets = ({
  store,
  clock,
  random,
  region,
  accountId,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}): Secrets => {
  store.exec(SCHEMA);
  const insert = store.prepare(
    'INSERT INTO secret (name, arn, description, created_at, changed_at) VALUES (?, ?, ?, ?, ?)',
  );
  const touch = store.prepare('UPDATE secret SET changed_at = ? WHERE name = ?');
  const select = store.prepare('SELECT * FROM secret WHERE name = ?1 OR arn = ?1');
  const selectAll = store.prepare('SELECT * FROM secret ORDER BY name');
  const saveVersion = store.prepare(
    'INSERT INTO secret_version (secret, version_id, text, bytes, stages, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const saveStages = store.prepare('UPDATE secret_version SET stages = ? WHERE secret = ? AND version_id = ?');
  const selectVersions = store.prepare('SELECT * FROM secret_version WHERE secret = ? ORDER BY created_at, version_id');
  const counts = { reads: 0 };

  const lookUp = (id: string): Secret | undefined => {
    const row = select.get(id);
    return row === undefined ? undefined : toSecret(row);
  };

  const find = (id: string): Secret => {
    const secret = lookUp(id);
    if (secret === undefined) throw notFound();
    return secret;
  };

  const versionsOf = (name: string): readonly SecretVersion[] => selectVersions.all(name).map(toVersion);

  const put: Secrets['put'] = (id, value, token) =>
    store.transaction(() => {
      const { name } = find(id);
      const before = versionsOf(name);
      const repeated = before.find(({ versionId }) => versionId === token);
      if (repeated !== undefined) {
        if (isSame(repeated.value, value)) return repeated;
        throw new AwsError(
          'ResourceExistsException',
          `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${id}.`,
        );
      }
      const now = clock.now();
      const version = { versionId: token ?? random.uuid(), value, stages: [CURRENT], createdAt: now };
      for (const { versionId, stages } of before) {
        const kept = stages.filter((stage) => stage !== CURRENT && stage !== PREVIOUS);
        const next = stages.includes(CURRENT) ? [...kept, PREVIOUS] : kept;
        saveStages.run(JSON.stringify(next), name, versionId);
      }
      const bytes = value.bytes?.toString('base64') ?? null;
      saveVersion.run(name, version.versionId, value.text ?? null, bytes, JSON.stringify(version.stages), now);
      touch.run(now, name);
      return version;
    });

  const create: Secrets['create'] = ({ name, arn, description, value, token }) =>
    store.transaction(() => {
      if (lookUp(name) !== undefined) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const now = clock.now();
      const suffix = Array.from(random.bytes(6), (byte) =>
        SUFFIX_CHARACTERS.charAt(byte % SUFFIX_CHARACTERS.length),
      ).join('');
      const made = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
      insert.run(name, arn ?? made, description ?? null, now, now);
      const versionId = value === undefined ? undefined : put(name, value, token).versionId;
      return { secret: find(name), versionId };
    });

  return {
    create,
    find,
    put,
    ensure: (name, make) => lookUp(name) ?? create({ name, ...make() }).secret,
    all: () => selectAll.all().map(toSecret),
    versions: (id) => versionsOf(find(id).name),
    value: (id, { versionId, stage }) => {
      counts.reads += 1;
      const wanted = stage ?? (versionId === undefined ? CURRENT : undefined);
      const version = versionsOf(find(id).name).find(
        (one) =>
          (versionId === undefined || one.versionId === versionId) &&
          (wanted === undefined || one.stages.includes(wanted)),
      );
      if (version === undefined) {
        const which = versionId === undefined ? `staging label: ${wanted}` : `VersionId: ${versionId}`;
        throw notFound(`Secrets Manager can't find the specified secret value for ${which}`);
      }
      return version;
    },
    stats: () => ({
      queued: 0,
      oldest: undefined,
      counts: { secrets: selectAll.all().length, ...counts },
      lastError: undefined,
    }),
  };
};

const isSame = (a: SecretValue, b: SecretValue): boolean =>
  a.text === b.text && a.bytes?.toString('base64') === b.bytes?.toString('base64');

const toSecret = (row: Row): Secret => ({
  name: textOf(row, 'name'),
  arn: textOf(row, 'arn'),
  description: optionalTextOf(row, 'description'),
  createdAt: numberOf(row, 'created_at'),
  changedAt: numberOf(row, 'changed_at'),
});

const toVersion = (row: Row): SecretVersion => {
  const text = optionalTextOf(row, 'text');
  return {
    versionId: textOf(row, 'version_id'),
    value: text === undefined ? { bytes: Buffer.from(optionalTextOf(row, 'bytes') ?? '', 'base64') } : { text },
    stages: parseStages(textOf(row, 'stages')),
    createdAt: numberOf(row, 'created_at'),
  };
};

const parseStages = (text: string): readonly string[] => JSON.parse(text) as string[];
