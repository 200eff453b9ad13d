import { readFileSync } from 'node:fs';
import {
  type CollectionTag,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  type ScalarTag,
  type YAMLMap,
} from 'yaml';

/** A template.yaml that the laptop cannot run, with the line at fault. */
export class TemplateError extends Error {}

export type Path = readonly (string | number)[];

/** The template as data, short forms (`!Ref`) written out (`{ Ref }`), and the line of every part. */
export interface Template {
  readonly file: string;
  readonly root: Readonly<Record<string, unknown>>;
  /** Line of the part at a path, counted from 1; of the nearest part around it where the path does not exist. */
  lineOf(path: Path): number;
  /** An error whose message begins `template.yaml:LINE`. */
  fault(path: Path, message: string): TemplateError;
}

/** Intrinsic functions by their short names (CloudFormation user guide, "Intrinsic function reference"). */
const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'Equals',
  'FindInMap',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
];

export const readTemplate = (file: string): Template => {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { customTags: [...tags()], lineCounter: lines });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    throw new TemplateError(`${file}:${lines.linePos(problem.pos[0]).line}: ${problem.message.split('\n')[0]}`);
  const root: unknown = document.toJS();
  if (!isRecord(root)) throw new TemplateError(`${file}:1: not a template`);
  const lineOf = (path: Path): number => findLine(document, lines, path);
  return { file, root, lineOf, fault: (path, message) => new TemplateError(`${file}:${lineOf(path)}: ${message}`) };
};

const findLine = (document: Document, lines: LineCounter, path: Path): number => {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const at = isMap(parent) ? keyOffset(parent, last) : offsetOf(document.getIn(path.slice(0, length), true));
    if (at !== undefined) return lines.linePos(at).line;
  }
  return 1;
};

const keyOffset = (map: YAMLMap, key: unknown): number | undefined =>
  offsetOf(map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key);

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

const tags = (): (ScalarTag | CollectionTag)[] => {
  const forms: (ScalarTag | CollectionTag)[] = [
    { tag: '!Ref', resolve: (text: string) => ({ Ref: text }) },
    { tag: '!Condition', resolve: (text: string) => ({ Condition: text }) },
    { tag: '!GetAtt', resolve: (text: string) => ({ 'Fn::GetAtt': splitOnce(text) }) },
    { tag: '!GetAtt', collection: 'seq', resolve: (node) => ({ 'Fn::GetAtt': node.toJSON() }) },
  ];
  for (const form of shortForms) {
    forms.push({ tag: `!${form}`, resolve: (text: string) => ({ [`Fn::${form}`]: text }) });
    forms.push({ tag: `!${form}`, collection: 'seq', resolve: (node) => ({ [`Fn::${form}`]: node.toJSON() }) });
    forms.push({ tag: `!${form}`, collection: 'map', resolve: (node) => ({ [`Fn::${form}`]: node.toJSON() }) });
  }
  return forms;
};

const splitOnce = (text: string): [string, string] => {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
