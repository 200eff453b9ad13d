import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FlagError } from '../flags.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { TemplateError } from '../template/template.ts';
import { toEnvVars } from './env-vars.ts';
import { help, laptopAwsUrl, parseRequest, type Request } from './flags.ts';
import { findFunction, functionNames, nameOf, needsServices, openRunner, readLaptopStack } from './runner.ts';
import { listSamples } from './samples.ts';
import { findServices, ServicesError } from './services.ts';

const project = join(import.meta.dirname, '../..');
const events = join(project, 'events');

const run = async (request: Request): Promise<number> => {
  switch (request.kind) {
    case 'help':
      return print(help);
    case 'environment':
      return print(`${JSON.stringify(toEnvVars(readLaptopStack(project, request.awsUrl), request.awsUrl), null, 2)}\n`);
    case 'list':
      return print(toList(readLaptopStack(project, laptopAwsUrl), request));
    case 'invoke':
      return invoke(request);
  }
};

const print = (content: string): number => {
  process.stdout.write(content);
  return 0;
};

const find = (stack: Stack, name: string): Resource => {
  const found = findFunction(stack, name);
  if (found !== undefined) return found;
  throw new FlagError(`there is no function "${name}": choose one of ${functionNames(stack).join(', ')}`);
};

const toList = (stack: Stack, { functionName, json }: Request & { kind: 'list' }): string => {
  const names = functionName === undefined ? functionNames(stack) : [nameOf(find(stack, functionName))];
  const samples = names.flatMap((name) => listSamples(events, name));
  if (json) return `${JSON.stringify(samples)}\n`;
  const width = Math.max(...samples.map(({ name }) => name.length));
  const toLine = (name: string, what: string): string => `  ${name.padEnd(width)}  ${what}\n`;
  return names
    .map((each) => {
      const own = samples.filter(({ functionName: name }) => name === each);
      return `${each}\n${own.map(({ name, what }) => toLine(name, what)).join('')}`;
    })
    .join('\n');
};

const invoke = async (request: Request & { kind: 'invoke' }): Promise<number> => {
  const declared = readLaptopStack(project, laptopAwsUrl);
  const resource = find(declared, request.functionName);
  const event = await readEvent(nameOf(resource), request.event);
  const awsUrl = needsServices(declared, resource) ? await findServices(request) : (request.awsUrl ?? laptopAwsUrl);
  const stack = readLaptopStack(project, awsUrl);
  const runner = await openRunner({
    project,
    stack,
    resource: find(stack, request.functionName),
    awsUrl,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const invoked = runner.invoke(event.replaceAll(laptopAwsUrl, awsUrl));
  const { payload, functionError } = await invoked.finally(() => runner.close());
  print(`${request.json ? payload : JSON.stringify(JSON.parse(payload), null, 2)}\n`);
  return functionError === undefined ? 0 : 1;
};

/** The event's text, checked to be JSON: a sample by its name, else a file, or stdin. */
const readEvent = async (functionName: string, event: string): Promise<string> => {
  const samples = listSamples(events, functionName);
  const sample = samples.find(({ name }) => name === event || `${name}.json` === event);
  const content = event === '-' ? await text(process.stdin) : readText(sample ? join(events, sample.file) : event);
  if (content === undefined) {
    const names = samples.map(({ name }) => name).join(', ');
    throw new FlagError(`there is no file "${event}", and no such event of ${functionName}: it has ${names}`);
  }
  try {
    JSON.parse(content);
    return content;
  } catch (error) {
    const where = event === '-' ? 'from stdin' : `"${event}"`;
    throw new FlagError(`the event ${where} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

try {
  process.exitCode = await run(parseRequest(process.argv.slice(2)));
} catch (error) {
  const isForPeople = error instanceof FlagError || error instanceof ServicesError || error instanceof TemplateError;
  console.error(isForPeople ? `millrace invoke: ${error.message}` : error);
  if (error instanceof FlagError) console.error('see npm run invoke -- --help');
  process.exitCode = error instanceof FlagError ? 2 : 1;
}
