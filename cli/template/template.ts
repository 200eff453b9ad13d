import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import { isRecord, type JsonRecord, listOf, recordOf } from '../json.ts';

/** What the command line reads of template.yaml, so that no figure of it is written twice. */
export interface Template {
  readonly parameters: Readonly<Record<string, JsonRecord>>;
  readonly mappings: JsonRecord;
  /** Those whose condition holds for the `given` parameters, the others at their defaults. */
  resources(given: Values): readonly TemplateResource[];
  /** What the template's rules say against these parameters together, in `region`; none when nothing. */
  objections(given: Values, region: string): readonly string[];
}

/** Values of parameters by name. */
export type Values = Readonly<Record<string, string>>;

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonRecord;
}

/** `!Name` for every function that a template names, in its long form; only those of conditions are worked out. */
const tagsOf = (source: string): (ScalarTag | CollectionTag)[] =>
  [...new Set([...source.matchAll(/!([A-Z]\w*)/g)].map(([, name = '']) => name))].flatMap((name) => {
    const member = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
    const collection = (kind: 'seq' | 'map'): CollectionTag => ({
      tag: `!${name}`,
      collection: kind,
      resolve: (node: { toJSON(): unknown }) => ({ [member]: node.toJSON() }),
    });
    return [{ tag: `!${name}`, resolve: (text: string) => ({ [member]: text }) }, collection('seq'), collection('map')];
  });

export const readTemplate = (file: URL = new URL('../../template.yaml', import.meta.url)): Template => {
  const source = readFileSync(file, 'utf8');
  const root = recordOf(parse(source, { customTags: tagsOf(source) }));
  const declared = Object.entries(recordOf(root.Parameters)).map(([name, rules]) => [name, recordOf(rules)] as const);
  const conditions = recordOf(root.Conditions);
  const withDefaults = (given: Values): Values => ({
    ...Object.fromEntries(declared.map(([name, rules]) => [name, String(rules.Default ?? '')])),
    ...given,
  });
  return {
    parameters: Object.fromEntries(declared),
    mappings: recordOf(root.Mappings),
    resources: (given) => {
      const values = withDefaults(given);
      return Object.entries(recordOf(root.Resources)).flatMap(([logicalId, raw]) => {
        const { Type: type, Properties: properties, Condition: condition } = recordOf(raw);
        if (condition !== undefined && !isTrue({ Condition: condition }, conditions, values)) return [];
        return [{ logicalId, type: String(type), properties: recordOf(properties) }];
      });
    },
    objections: (given, region) => {
      const values = { ...withDefaults(given), 'AWS::Region': region };
      return Object.values(recordOf(root.Rules)).flatMap((raw) => {
        const { RuleCondition: condition, Assertions: assertions } = recordOf(raw);
        if (condition !== undefined && !isTrue(condition, conditions, values)) return [];
        return listOf(assertions)
          .map(recordOf)
          .filter(({ Assert: assertion }) => !isTrue(assertion, conditions, values))
          .map(({ AssertDescription: sentence }) => String(sentence));
      });
    },
  };
};

/** A condition, or a rule's, worked out for the values of the parameters. */
const isTrue = (value: unknown, conditions: JsonRecord, values: Values): boolean => {
  const [[name, argument] = ['', undefined]] = Object.entries(recordOf(value));
  const parts = Array.isArray(argument) ? argument : [argument];
  const holds = (part: unknown): boolean => isTrue(part, conditions, values);
  const text = (part: unknown): string => (isRecord(part) ? (values[String(part.Ref)] ?? '') : String(part));
  switch (name) {
    case 'Condition':
      return holds(conditions[String(argument)]);
    case 'Fn::Equals':
      return text(parts[0]) === text(parts[1]);
    case 'Fn::Contains':
      return listOf(parts[0]).map(text).includes(text(parts[1]));
    case 'Fn::Not':
      return !holds(parts[0]);
    case 'Fn::And':
      return parts.every(holds);
    case 'Fn::Or':
      return parts.some(holds);
    default:
      throw new Error(`template.yaml: a condition says ${name}, which the command line does not know`);
  }
};
