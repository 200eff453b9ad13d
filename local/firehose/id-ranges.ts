/** Row ids from..to, both included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/** A set of ids in little memory where they come in runs. Only ever holds ids of records that belong together in full. */
export interface IdRanges {
  add(id: number): void;
  addAll(ranges: readonly IdRange[]): void;
  readonly ranges: readonly IdRange[];
}

export const createIdRanges = (): IdRanges => {
  const ranges: { from: number; to: number }[] = [];
  return {
    ranges,
    add: (id) => {
      const last = ranges.at(-1);
      if (last !== undefined && last.to + 1 === id) last.to = id;
      else ranges.push({ from: id, to: id });
    },
    addAll: (more) => void ranges.push(...more.map((range) => ({ ...range }))),
  };
};
