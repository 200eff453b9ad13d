import type { Deployment } from './deployment.ts';

/**
 * Arguments of `sam deploy`. On the command line parameters replace those of samconfig.toml as a whole, so all of them are
 * here; what a stack has and nobody names keeps its value.
 */
export const deployArguments = ({ settings, region }: Deployment): readonly string[] => [
  'deploy',
  settings.guided ? '--guided' : '--no-confirm-changeset',
  ...['--config-env', settings.environment, '--stack-name', settings.stackName, '--region', region],
  '--no-fail-on-empty-changeset',
  '--parameter-overrides',
  ...Object.entries(settings.parameters).map(([name, value]) => `${name}=${quoted(value)}`),
];

/** The SAM CLI reads an empty value, or one with blanks, only in quotes. */
const quoted = (value: string): string =>
  /^[^\s"']+$/.test(value) ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
