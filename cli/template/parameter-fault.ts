import { nearest } from '../nearest.ts';
import type { Template } from './template.ts';

/** What is wrong with a value for a parameter, by the template's own rules, as a sentence; undefined when nothing is. */
export const parameterFault = (template: Template, name: string, value: string): string | undefined => {
  const rules = Object.hasOwn(template.parameters, name) ? template.parameters[name] : undefined;
  if (rules === undefined) {
    const close = nearest(name, Object.keys(template.parameters));
    return `there is no parameter ${name}${close === undefined ? '' : `: did you mean ${close}?`}`;
  }
  const told = (constraint: string): string => `${name}=${value}: ${rules.ConstraintDescription ?? constraint}`;
  const { AllowedValues: allowed, AllowedPattern: pattern, MinValue: least, MaxValue: most } = rules;
  if (Array.isArray(allowed) && !allowed.map(String).includes(value)) return told(`must be ${inWords(allowed)}`);
  if (typeof pattern === 'string' && !new RegExp(pattern).test(value)) return told(`must match ${pattern}`);
  if (rules.Type !== 'Number') return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) return told('must be a number');
  const isWithin = number >= Number(least ?? number) && number <= Number(most ?? number);
  return isWithin ? undefined : told(`must be from ${least} to ${most}`);
};

const inWords = (values: readonly unknown[]): string => `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
