/** A part of a text, from its first character to the one after its last, and what stands there instead. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with its edits made, which do not overlap; every character outside them is as it was. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
};

export interface Line {
  readonly from: number;
  /** Where its line feed is, or the text ends. */
  readonly end: number;
  /** Where the next line begins. */
  readonly to: number;
}

/** Lines in order; blank ones too, so that numbers can be told. */
export const linesOf = function* (text: string): Iterable<Line> {
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf('\n', from);
    const end = feed < 0 ? text.length : feed;
    const to = feed < 0 ? end : end + 1;
    yield { from, end, to };
    from = to;
  }
};
