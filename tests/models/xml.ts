import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type Model, type Ref, type Shape, shapeOf } from './model.ts';
import { toValue } from './text.ts';
import { isMembers } from './value.ts';

export interface XmlNode {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlNode[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  htmlEntities: true,
});

/** The root element of a document; undefined for what is no XML. */
export const parseXml = (text: string): XmlNode | undefined => {
  if (XMLValidator.validate(text) !== true) return undefined;
  const parsed: unknown = parser.parse(text);
  return toNodes(parsed).find(({ name }) => name !== '#text');
};

const toNodes = (parsed: unknown): XmlNode[] =>
  (Array.isArray(parsed) ? parsed : []).flatMap((entry: unknown) => {
    if (!isMembers(entry)) return [];
    const { ':@': attributes, ...element } = entry;
    return Object.entries(element).map(([name, content]) => {
      if (name === '#text') return { name, text: String(content), children: [], attributes: {} };
      const nodes = toNodes(content);
      return {
        name,
        text: nodes
          .filter((node) => node.name === '#text')
          .map((node) => node.text)
          .join(''),
        children: nodes.filter((node) => node.name !== '#text'),
        attributes: isMembers(attributes) ? attributes : {},
      };
    });
  });

/** An element as the value its shape has in AWS JSON, and what could not be read as one. */
export const fromXml = (model: Model, ref: Ref, node: XmlNode, problems: string[]): unknown => {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === 'structure') return fromStructure(model, shape, node, problems);
  if (shape.type === 'list') {
    const item = shape.member ?? { shape: '' };
    const name = item.locationName ?? 'member';
    for (const child of node.children) if (child.name !== name) problems.push(`unknown <${node.name}><${child.name}>`);
    return node.children.map((child) => fromXml(model, item, child, problems));
  }
  if (node.children.length > 0) problems.push(`<${node.name}> has elements and should have text`);
  const value = toValue(model, ref, node.text, 'iso8601');
  if (value === undefined) problems.push(`<${node.name}> is no ${shape.type}: ${node.text}`);
  return value;
};

/** The members of a structure that are elements. */
export const fromStructure = (
  model: Model,
  shape: Shape,
  node: XmlNode,
  problems: string[],
): Readonly<Record<string, unknown>> => {
  const value: Record<string, unknown> = {};
  const members = Object.entries(shape.members ?? {}).filter(([, ref]) => ref.location === undefined);
  for (const child of node.children) {
    const [name, ref] = members.find(([member, each]) => elementName(model, member, each) === child.name) ?? [];
    if (name === undefined || ref === undefined) problems.push(`unknown <${node.name}><${child.name}>`);
    else if (!isFlat(model, ref)) value[name] = fromXml(model, ref, child, problems);
    else {
      const item = shapeOf(model, ref.shape).member ?? { shape: '' };
      const before: unknown = value[name];
      value[name] = [...(Array.isArray(before) ? before : []), fromXml(model, item, child, problems)];
    }
  }
  return value;
};

const isFlat = (model: Model, ref: Ref): boolean => {
  const shape = shapeOf(model, ref.shape);
  return shape.type === 'list' && (ref.flattened === true || shape.flattened === true);
};

/** A flattened list's items stand under the name of the item, else of the member. */
const elementName = (model: Model, member: string, ref: Ref): string => {
  const item = isFlat(model, ref) ? shapeOf(model, ref.shape).member?.locationName : undefined;
  return item ?? ref.locationName ?? member;
};
