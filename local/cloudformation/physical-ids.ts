import { type Store, textOf } from '../store.ts';

/** What CloudFormation remembers of a custom resource: its id and the properties it was last given. */
export interface Made {
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface PhysicalIds {
  find(logicalId: string): Made | undefined;
  set(logicalId: string, made: Made): void;
}

export const createPhysicalIds = (store: Store): PhysicalIds => {
  store.exec(`CREATE TABLE IF NOT EXISTS custom_resources (logical_id TEXT PRIMARY KEY, physical_id TEXT NOT NULL,
    properties TEXT NOT NULL) STRICT`);
  const select = store.prepare('SELECT * FROM custom_resources WHERE logical_id = ?');
  const replace = store.prepare('INSERT OR REPLACE INTO custom_resources VALUES (?, ?, ?)');
  return {
    find(logicalId) {
      const row = select.get(logicalId);
      return row && { physicalId: textOf(row, 'physical_id'), properties: JSON.parse(textOf(row, 'properties')) };
    },
    set: (logicalId, { physicalId, properties }) => void replace.run(logicalId, physicalId, JSON.stringify(properties)),
  };
};
