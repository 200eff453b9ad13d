import { XMLParser } from 'fast-xml-parser';
import { toDocument, type XmlValue } from '../xml.ts';
import { malformedXml } from './errors.ts';

export type { XmlElement } from '../xml.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document of S3's. */
export const toXml = (root: string, content: XmlValue, { namespace = true } = {}): string =>
  toDocument(root, content, namespace ? NAMESPACE : undefined);

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
