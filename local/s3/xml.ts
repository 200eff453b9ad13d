import { XMLParser } from 'fast-xml-parser';
import { malformedXml } from './errors.ts';

export type XmlValue = string | number | boolean | readonly XmlElement[];
export type XmlElement = readonly [name: string, value: XmlValue] | undefined;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document; children that are undefined are left out. */
export const toXml = (root: string, content: XmlValue, { namespace = true } = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace ? ` xmlns="${NAMESPACE}"` : ''}>${contentOf(content)}</${root}>`;

const toText = (element: XmlElement): string => {
  if (element === undefined) return '';
  const [name, value] = element;
  return `<${name}>${contentOf(value)}</${name}>`;
};

const contentOf = (value: XmlValue): string =>
  isElements(value) ? value.map(toText).join('') : escapeText(String(value));

const isElements = (value: XmlValue): value is readonly XmlElement[] => Array.isArray(value);

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters have no plain form in XML; S3 writes them as references too. */
const escapeText = (text: string): string =>
  text.replace(
    /[&<>"\p{Cc}]/gu,
    (character) => ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  );

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const parse = (text: string, root: string): Readonly<Record<string, unknown>> => {
  try {
    const document = record(parser.parse(text, true));
    if (document[root] === undefined) throw malformedXml();
    return record(document[root]);
  } catch {
    throw malformedXml();
  }
};

/** Body of DeleteObjects. */
export const parseDelete = (text: string): { readonly keys: readonly string[]; readonly quiet: boolean } => {
  const root = parse(text, 'Delete');
  const keys = list(root.Object).map((object) => record(object).Key);
  if (!keys.every((key) => typeof key === 'string')) throw malformedXml();
  return { keys, quiet: root.Quiet === 'true' };
};

/** Body of CompleteMultipartUpload; ETags come with or without quotes. */
export const parseComplete = (text: string): readonly { readonly number: number; readonly etag: string }[] =>
  list(parse(text, 'CompleteMultipartUpload').Part).map((part) => {
    const { PartNumber, ETag } = record(part);
    if (typeof PartNumber !== 'string' || typeof ETag !== 'string') throw malformedXml();
    return { number: Number(PartNumber), etag: ETag.replaceAll('"', '').trim() };
  });
