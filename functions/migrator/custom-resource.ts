/** Properties as CloudFormation sends them: every value of the template has become a text. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a resource is told about the time it has, and tells about what it is at. */
export interface Work {
  /** Epoch milliseconds by which it must be done. */
  readonly deadline: number;
  /** What is being done, for the reason that is given when it is not done in time. */
  doing(what: string): void;
}

/** One type of custom resource. Every method may be called twice for one request and throws with a reason for people. */
export interface CustomResource {
  /** Resolves with the physical id. */
  create(properties: Properties, work: Work): Promise<string>;
  /** Resolves with the physical id: another one than before has CloudFormation delete the resource of the old one. */
  update(physicalId: string, properties: Properties, work: Work): Promise<string>;
  remove(physicalId: string, properties: Properties, work: Work): Promise<void>;
}

export const textOf = (properties: Properties, name: string): string | undefined => {
  const value = properties[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const requiredText = (properties: Properties, name: string): string => {
  const value = textOf(properties, name);
  if (value === undefined) throw new Error(`property ${name} is missing`);
  return value;
};

/** One of a few words. */
export const wordOf = <Word extends string>(properties: Properties, name: string, words: readonly Word[]): Word => {
  const value = requiredText(properties, name);
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Error(`property ${name} is "${value}", wanted ${words.join(', ')}`);
  return found;
};
