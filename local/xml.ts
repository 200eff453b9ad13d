export type XmlValue = string | number | boolean | readonly XmlElement[];
export type XmlElement = readonly [name: string, value: XmlValue] | undefined;

/** A whole document; children that are undefined are left out. */
export const toDocument = (root: string, content: XmlValue, namespace: string | undefined): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace === undefined ? '' : ` xmlns="${namespace}"`}>${contentOf(content)}</${root}>`;

const toText = (element: XmlElement): string => {
  if (element === undefined) return '';
  const [name, value] = element;
  return `<${name}>${contentOf(value)}</${name}>`;
};

const contentOf = (value: XmlValue): string =>
  isElements(value) ? value.map(toText).join('') : escapeText(String(value));

const isElements = (value: XmlValue): value is readonly XmlElement[] => Array.isArray(value);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters have no plain form in XML; AWS writes them as references too. */
const escapeText = (text: string): string =>
  text.replace(
    /[&<>"\p{Cc}]/gu,
    (character) => ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  );
