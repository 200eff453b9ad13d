/** Edits (insert, delete, replace one character) between two words. */
const distance = (one: string, other: string): number => {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
};

/** The candidate that was most likely meant, if any is near: at most two edits or a third of its letters, or it begins with the word. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      edits: word.length > 1 && candidate.startsWith(word) ? 0 : distance(word.toLowerCase(), candidate),
    }))
    .filter(
      ({ candidate, edits }) => edits <= Math.max(Math.min(2, candidate.length - 1), Math.floor(candidate.length / 3)),
    )
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
};
