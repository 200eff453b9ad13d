import { Evaluation, type Names } from './evaluate.ts';
import { account, type ResourceNames, region, resourceNames } from './resource-names.ts';
import { isRecord, type Path, type Template } from './template.ts';

/** One resource of the stack, its properties worked out. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** As the template has it: SAM's `Metadata` says how a function is built. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** One output of the stack, worked out. */
export interface Output {
  readonly name: string;
  readonly value: string;
  readonly description: string | undefined;
}

export interface Stack {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resources: readonly Resource[];
  readonly outputs: readonly Output[];
  readonly template: Template;
  ofType(type: string): readonly Resource[];
}

export interface StackSettings {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly awsUrl: string;
}

/** Works out a template as CloudFormation would for these parameters. Throws `TemplateError` with the line at fault. */
export const createStack = (template: Template, settings: StackSettings): Stack => {
  const parameters = { ...pseudoParameters(settings.name), ...readParameters(template, settings.parameters) };
  const declared = section(template, 'Resources');
  const known = new Map<string, ResourceNames>();
  const naming = new Set<string>();

  const namesOf = (logicalId: string): ResourceNames | undefined => {
    const raw = declared[logicalId];
    if (known.has(logicalId) || !isRecord(raw)) return known.get(logicalId);
    if (naming.has(logicalId))
      throw template.fault(['Resources', logicalId], `the name of ${logicalId} depends on itself`);
    naming.add(logicalId);
    const names = nameResource(logicalId, raw);
    naming.delete(logicalId);
    known.set(logicalId, names);
    return names;
  };

  const nameResource = (logicalId: string, raw: Readonly<Record<string, unknown>>): ResourceNames => {
    const type = String(raw.Type);
    const toNames = resourceNames[type];
    if (toNames === undefined && !type.startsWith('Custom::'))
      throw template.fault(['Resources', logicalId, 'Type'], `${type} is a resource type that the laptop cannot run`);
    const properties = namingProperties(logicalId, raw);
    return (
      toNames?.({ logicalId, properties, stackName: settings.name, awsUrl: settings.awsUrl }) ?? {
        ref: logicalId,
        attributes: {},
      }
    );
  };

  /** Only what names a resource is worked out here, so that two resources may refer to each other. */
  const namingProperties = (
    logicalId: string,
    raw: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> => {
    const properties = isRecord(raw.Properties) ? raw.Properties : {};
    const naming = Object.entries(properties).filter(([key]) => key.endsWith('Name') || key === 'Bucket');
    const path: Path = ['Resources', logicalId, 'Properties'];
    return Object.fromEntries(naming.map(([key, value]) => [key, evaluation.value(value, [...path, key])]));
  };

  const names: Names = {
    ref: (name) => {
      const [logicalId = '', attribute] = name.split('.');
      return attribute === undefined
        ? (parameters[name] ?? namesOf(name)?.ref)
        : namesOf(logicalId)?.attributes[attribute];
    },
    attribute: (resource, name) => namesOf(resource)?.attributes[name],
  };
  const evaluation = new Evaluation(template, names);
  checkRules(template, evaluation);

  const toResource = (logicalId: string): Resource[] => {
    const raw = declared[logicalId];
    const names = namesOf(logicalId);
    if (!isRecord(raw) || names === undefined || !applies(logicalId, raw)) return [];
    const path: Path = ['Resources', logicalId];
    const properties = evaluation.value(withGlobals(template, raw), [...path, 'Properties']);
    return [
      {
        logicalId,
        type: String(raw.Type),
        properties: isRecord(properties) ? properties : {},
        metadata: isRecord(raw.Metadata) ? raw.Metadata : {},
        ...names,
        path,
      },
    ];
  };

  const applies = (logicalId: string, { Condition: condition }: Readonly<Record<string, unknown>>): boolean =>
    typeof condition !== 'string' || evaluation.condition(condition, ['Resources', logicalId, 'Condition']);
  const resources = Object.keys(declared).flatMap(toResource);

  const toOutput = ([name, raw]: [string, unknown]): Output[] => {
    const path: Path = ['Outputs', name];
    if (!isRecord(raw)) throw template.fault(path, `output ${name} has no value`);
    const { Condition: condition, Description: description } = raw;
    if (typeof condition === 'string' && !evaluation.condition(condition, [...path, 'Condition'])) return [];
    const value = String(evaluation.value(raw.Value, [...path, 'Value']));
    return [{ name, value, description: description === undefined ? undefined : String(description) }];
  };
  return {
    name: settings.name,
    parameters,
    resources,
    outputs: Object.entries(section(template, 'Outputs')).flatMap(toOutput),
    template,
    ofType: (type) => resources.filter((resource) => resource.type === type),
  };
};

const pseudoParameters = (stackName: string): Readonly<Record<string, unknown>> => ({
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/laptop`,
  'AWS::StackName': stackName,
  'AWS::URLSuffix': 'amazonaws.com',
});

const section = (template: Template, name: string): Readonly<Record<string, unknown>> => {
  const found = template.root[name];
  return isRecord(found) ? found : {};
};

/** Parameters as given, else their defaults, checked against the template's own rules. */
const readParameters = (
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => {
  const declared = section(template, 'Parameters');
  for (const name of Object.keys(given))
    if (!(name in declared)) throw template.fault(['Parameters'], `there is no parameter ${name}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, rules]) => {
      const value = given[name] ?? (isRecord(rules) ? rules.Default : undefined);
      const fault = isRecord(rules) ? faultOf(rules, value) : 'it has no rules';
      if (fault !== undefined) throw template.fault(['Parameters', name], `parameter ${name}: ${fault}`);
      return [name, isRecord(rules) && rules.Type === 'Number' ? Number(value) : value];
    }),
  );
};

const faultOf = (rules: Readonly<Record<string, unknown>>, value: unknown): string | undefined => {
  if (value === undefined) return 'it has no value';
  const allowed = rules.AllowedValues;
  if (Array.isArray(allowed) && !allowed.map(String).includes(String(value)))
    return `"${value}" is none of ${allowed.join(', ')}`;
  const { MinValue: least, MaxValue: most } = rules;
  if (
    (least !== undefined && !(Number(value) >= Number(least))) ||
    (most !== undefined && !(Number(value) <= Number(most)))
  )
    return `"${value}" ${rules.ConstraintDescription ?? `is not within ${least ?? '…'} to ${most ?? '…'}`}`;
  if (rules.Type === 'Number' && !Number.isFinite(Number(value))) return `"${value}" is no number`;
  const pattern = rules.AllowedPattern;
  if (typeof pattern === 'string' && !new RegExp(pattern).test(String(value)))
    return `"${value}" ${rules.ConstraintDescription ?? 'is not allowed'}`;
  return undefined;
};

/** The template's `Rules`: assertions about parameters together, each with the sentence that a user reads. */
const checkRules = (template: Template, evaluation: Evaluation): void => {
  for (const [name, rule] of Object.entries(section(template, 'Rules'))) {
    const path: Path = ['Rules', name];
    if (!isRecord(rule) || !Array.isArray(rule.Assertions)) throw template.fault(path, `rule ${name} asserts nothing`);
    const condition = rule.RuleCondition ?? true;
    if (evaluation.value(condition, [...path, 'RuleCondition']) !== true) continue;
    rule.Assertions.forEach((assertion, at) => {
      const here: Path = [...path, 'Assertions', at];
      if (!isRecord(assertion) || evaluation.value(assertion.Assert, here) !== true)
        throw template.fault(here, isRecord(assertion) ? String(assertion.AssertDescription) : `rule ${name} failed`);
    });
  }
};

/** A function's properties over those that `Globals` gives to all. Maps are joined, as SAM does. */
const withGlobals = (template: Template, raw: Readonly<Record<string, unknown>>): unknown => {
  const own = isRecord(raw.Properties) ? raw.Properties : {};
  const globals = section(template, 'Globals').Function;
  return raw.Type === 'AWS::Serverless::Function' && isRecord(globals) ? merge(globals, own) : own;
};

const merge = (
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = base[key];
    merged[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return merged;
};
