import { divideCidr } from './cidr.ts';
import { zones } from './resource-names.ts';
import { isRecord, type Path, type Template } from './template.ts';

/** What the names in a template stand for. */
export interface Names {
  /** `Ref` of a parameter, pseudo parameter or resource; undefined when there is none of that name. */
  ref(name: string): unknown;
  /** `Fn::GetAtt`; undefined when the resource has no such attribute on the laptop. */
  attribute(resource: string, name: string): unknown;
}

/** Stands for `AWS::NoValue`: the property is left out. */
const noValue: unique symbol = Symbol('AWS::NoValue');

/** Works out intrinsic functions of one template. Every unknown function, name or attribute is an error with its line. */
export class Evaluation {
  readonly #template: Template;
  readonly #names: Names;
  readonly #conditions = new Map<string, boolean>();

  constructor(template: Template, names: Names) {
    this.#template = template;
    this.#names = names;
  }

  /** The value at `path` with every intrinsic function worked out and every `AWS::NoValue` left out. */
  value(value: unknown, path: Path): unknown {
    if (Array.isArray(value))
      return value.map((item, at) => this.value(item, [...path, at])).filter((item) => item !== noValue);
    if (!isRecord(value)) return value;
    const [only, ...others] = Object.keys(value);
    if (
      only !== undefined &&
      others.length === 0 &&
      (only === 'Ref' || only === 'Condition' || only.startsWith('Fn::'))
    )
      return this.#call(only, value[only], path);
    const entries = Object.entries(value).map(([key, item]) => [key, this.value(item, [...path, key])] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== noValue));
  }

  condition(name: string, path: Path): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const conditions = this.#template.root.Conditions;
    if (!isRecord(conditions) || !(name in conditions))
      throw this.#template.fault(path, `there is no condition ${name}`);
    const result = this.value(conditions[name], ['Conditions', name]) === true;
    this.#conditions.set(name, result);
    return result;
  }

  #call(name: string, argument: unknown, path: Path): unknown {
    const list = (): readonly unknown[] => {
      const items = this.value(argument, path);
      if (!Array.isArray(items)) throw this.#template.fault(path, `${name} wants a list`);
      return items;
    };
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), path);
      case 'Condition':
        return this.condition(String(argument), path);
      case 'Fn::GetAtt':
        return this.#attribute(argument, path);
      case 'Fn::Sub':
        return this.#substitute(argument, path);
      case 'Fn::If':
        return this.#choose(argument, path);
      case 'Fn::FindInMap':
        return this.#findInMap(list(), path);
      case 'Fn::Equals':
        // CloudFormation compares texts: a Number parameter equals a number written either way.
        return String(list()[0]) === String(list()[1]);
      case 'Fn::Not':
        return list()[0] !== true;
      case 'Fn::Contains': {
        const [items, wanted] = list();
        return toList(items).map(String).includes(String(wanted));
      }
      case 'Fn::And':
        return list().every((each) => each === true);
      case 'Fn::Or':
        return list().some((each) => each === true);
      case 'Fn::Join':
        return toList(list()[1]).join(String(list()[0]));
      case 'Fn::Split':
        return String(list()[1]).split(String(list()[0]));
      case 'Fn::GetAZs':
        return zones;
      case 'Fn::Cidr':
        return this.#cidr(list(), path);
      case 'Fn::Select':
        return toList(list()[1])[Number(list()[0])];
      default:
        throw this.#template.fault(path, `${name} is a function that the laptop does not know`);
    }
  }

  #ref(name: string, path: Path): unknown {
    if (name === 'AWS::NoValue') return noValue;
    const found = this.#names.ref(name);
    if (found === undefined) throw this.#template.fault(path, `there is no parameter or resource ${name}`);
    return found;
  }

  #attribute(argument: unknown, path: Path): unknown {
    const [resource, ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
    const name = rest.join('.');
    const found = resource === undefined ? undefined : this.#names.attribute(resource, name);
    if (found === undefined)
      throw this.#template.fault(path, `${resource}.${name} is not an attribute that the laptop knows`);
    return found;
  }

  #substitute(argument: unknown, path: Path): string {
    const [text, given] = Array.isArray(argument) ? argument : [argument, undefined];
    const values = isRecord(given) ? given : {};
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal === '!') return whole.replace('!', '');
      if (name in values) return String(this.value(values[name], path));
      return String(name.includes('.') ? this.#attribute(name, path) : this.#ref(name, path));
    });
  }

  #choose(argument: unknown, path: Path): unknown {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw this.#template.fault(path, 'Fn::If wants a condition and two values');
    return this.value(this.condition(String(argument[0]), path) ? argument[1] : argument[2], path);
  }

  #cidr([block, count, bits]: readonly unknown[], path: Path): readonly string[] {
    const blocks = divideCidr(String(block), Number(count), Number(bits));
    if (blocks === undefined)
      throw this.#template.fault(path, `${block} cannot be divided into ${count} blocks of ${bits} bits`);
    return blocks;
  }

  #findInMap([map, first, second]: readonly unknown[], path: Path): unknown {
    const maps = this.#template.root.Mappings;
    const top = isRecord(maps) ? maps[String(map)] : undefined;
    const middle = isRecord(top) ? top[String(first)] : undefined;
    const found = isRecord(middle) ? middle[String(second)] : undefined;
    if (found === undefined) throw this.#template.fault(path, `there is no mapping ${map}.${first}.${second}`);
    return found;
  }
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
