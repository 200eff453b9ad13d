import { parseArgs } from 'node:util';
import { FlagError } from '../flags.ts';

/** What one command line asks for. */
export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'list'; readonly functionName: string | undefined; readonly json: boolean }
  | { readonly kind: 'environment'; readonly awsUrl: string }
  | {
      readonly kind: 'invoke';
      readonly functionName: string;
      /** Name of a sample, path of a file, or `-` for stdin. */
      readonly event: string;
      readonly url: string;
      /** Undefined: where the laptop at `url` says that they are. */
      readonly awsUrl: string | undefined;
      readonly json: boolean;
    };

/** The laptop's addresses, as `npm start` gives them and as a container on the same machine sees them. */
const laptopUrl = 'http://localhost:8787';
export const laptopAwsUrl = 'http://localhost:8788';
const containerAwsUrl = 'http://host.docker.internal:8788';

export const help = `Usage: npm run invoke -- <function> <event> [options]

Bundles a function as template.yaml says, runs the bundle alone in a folder with the environment that the template gives it
on the laptop, and prints its answer on stdout and its log on stderr. <event> is a sample's name, a path, or - for stdin.

Options:
  --url URL      which laptop (default ${laptopUrl})
  --aws-url URL  where the AWS services answer, when the laptop is not to be asked for it
  --json         the answer on one line, as the function gave it
  --list         the samples of events/, of one function if it is named; with --json as JSON
  --env-vars     the functions' environment as a file for sam local invoke --env-vars (default --aws-url ${containerAwsUrl})
  --help, -h     this text

Examples:
  npm run invoke -- producer single-event
  npm run -s invoke -- transformer ./my-batch.json --json | jq .records
  npm run invoke -- --list loader

Exit codes:
  0  the function answered
  1  the function failed, or no laptop answers
  2  wrong usage
`;

/** Throws `FlagError` for what cannot be meant. */
export const parseRequest = (args: readonly string[]): Request => {
  const { values, positionals } = parse(args);
  const [functionName, event, stray] = positionals;
  if (values.help) return { kind: 'help' };
  if (values.list && values['env-vars'])
    throw new FlagError('--list and --env-vars exclude each other: say one of them');
  if (values['env-vars'] && functionName !== undefined)
    throw new FlagError(`--env-vars prints the environment of all functions: leave out "${functionName}"`);
  if (values['env-vars'])
    return { kind: 'environment', awsUrl: toUrl('--aws-url', values['aws-url'] ?? containerAwsUrl) };
  if (values.list && event !== undefined) throw new FlagError(`--list takes a function at most: leave out "${event}"`);
  if (values.list) return { kind: 'list', functionName, json: values.json };
  if (functionName === undefined) throw new FlagError('name a function and an event, such as: producer single-event');
  if (event === undefined)
    throw new FlagError(
      `name an event for ${functionName}: a sample, a path, or - for stdin; --list shows the samples`,
    );
  if (stray !== undefined) throw new FlagError(`a function and one event are enough: leave out "${stray}"`);
  return {
    kind: 'invoke',
    functionName,
    event,
    url: toUrl('--url', values.url),
    awsUrl: values['aws-url'] === undefined ? undefined : toUrl('--aws-url', values['aws-url']),
    json: values.json,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string', default: laptopUrl },
        'aws-url': { type: 'string' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        'env-vars': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
};

const toUrl = (flag: string, text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new FlagError(`${flag} is "${text}": say an address such as ${laptopUrl}`);
  return text.replace(/\/+$/, '');
};
