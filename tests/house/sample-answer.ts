/**
 * Where an answer is not what the README's table promises, one line each. Objects may hold more than promised, arrays may not.
 * Where the table has an object or an array and the answer a text, the text is looked into: JSON, or base64 of JSON lines.
 */
export const differences = (promised: unknown, given: unknown, path = 'answer'): readonly string[] => {
  if (typeof promised !== 'object' || promised === null)
    return promised === given ? [] : [`${path} is ${JSON.stringify(given)}, wanted ${JSON.stringify(promised)}`];
  const value = typeof given === 'string' ? open(given, path) : given;
  if (Array.isArray(promised)) {
    if (!Array.isArray(value)) return [`${path} is ${JSON.stringify(value)}, wanted an array`];
    if (value.length !== promised.length) return [`${path} has ${value.length} elements, wanted ${promised.length}`];
    return promised.flatMap((each, at) => differences(each, value[at], `${path}[${at}]`));
  }
  if (typeof value !== 'object' || value === null) return [`${path} is ${JSON.stringify(value)}, wanted an object`];
  return Object.entries(promised).flatMap(([name, each]) =>
    differences(each, Reflect.get(value, name), `${path}.${name}`),
  );
};

const open = (text: string, path: string): unknown => {
  const isRows = path.endsWith('.data');
  try {
    if (!isRows) return JSON.parse(text);
    const lines = Buffer.from(text, 'base64').toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
  } catch {
    return text;
  }
};
