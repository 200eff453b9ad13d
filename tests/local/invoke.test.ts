import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toEnvVars } from '#local/invoke/env-vars.ts';
import { parseRequest } from '#local/invoke/flags.ts';
import { findFunction, functionNames, needsServices, readLaptopStack } from '#local/invoke/runner.ts';
import { listSamples } from '#local/invoke/samples.ts';

const project = join(import.meta.dirname, '../..');
const stack = readLaptopStack(project, 'http://localhost:8788');
const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], input = ''): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const flags = ['--disable-warning=ExperimentalWarning', join(project, 'local/invoke/main.ts')];
    const child = spawn(process.execPath, [...flags, ...args], { cwd: folder });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });

/** No laptop listens there. */
const nowhere = ['--url', 'http://127.0.0.1:9'];

describe('npm run invoke', () => {
  it('runs the bundle of a function that needs no service without a laptop, its answer on stdout and its log on stderr', async () => {
    const { code, out, err } = await run(['transformer', 'envelope', ...nowhere]);
    expect(JSON.parse(out).records).toHaveLength(2);
    expect(out).toContain('\n  "records": [');
    expect(err.split('\n').map((line) => line && JSON.parse(line).message)).toContain('events rejected');
    expect(code).toBe(0);
  });

  it('takes a sample with its ending, a path, or stdin, and says the answer on one line with --json', async () => {
    const batch = readFileSync(join(project, 'events/transformer/envelope.json'), 'utf8');
    writeFileSync(join(folder, 'mine.json'), batch);
    const answers = await Promise.all([
      run(['transformer', 'envelope.json', '--json']),
      run(['TransformerFunction', './mine.json', '--json']),
      run(['transformer', '-', '--json'], batch),
    ]);
    for (const { code, out } of answers) {
      expect(code).toBe(0);
      expect(out).toBe(answers[0].out);
      expect(out.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it("prints Lambda's error object and exits with 1 when the function fails", async () => {
    const { code, out } = await run(['transformer', '-', '--json'], '{"not":"a batch"}');
    expect(JSON.parse(out)).toMatchObject({ errorType: 'TypeError', errorMessage: expect.any(String) });
    expect(code).toBe(1);
  });

  it('says that no laptop answers, and how to start one, before a function that needs its services runs', async () => {
    const { code, out, err } = await run(['producer', 'single-event', ...nowhere]);
    expect(err).toBe(
      'millrace invoke: no laptop answers at http://127.0.0.1:9, and the function needs its services: start it with npm start, or name another with --url\n',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const other = await run(['producer', 'single-event', '--aws-url', 'http://127.0.0.1:9']);
    expect(other.err).toContain('name another with --aws-url');
    expect(other.code).toBe(1);
  });

  it('refuses what answers but is no laptop', async () => {
    const server = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const { code, err } = await run(['loader', 's3-test-event', '--url', url]);
    server.close();
    expect(err).toBe(`millrace invoke: what answers at ${url} is no laptop: name the right one with --url\n`);
    expect(code).toBe(1);
  });

  it.each([
    [['fetcher', 'x'], 'there is no function "fetcher": choose one of producer, transformer, loader, migrator'],
    [['loader', 'nothing'], 'there is no file "nothing", and no such event of loader: it has aws-s3-in-sqs, '],
    [['transformer', '-'], 'the event from stdin is not JSON: '],
    [['--list', 'fetcher'], 'there is no function "fetcher": choose one of '],
  ])('exits with 2 on %j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(`millrace invoke: ${message}`);
    expect(err).toContain('see npm run invoke -- --help');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('lists the samples with what they are, of all functions or of one, and as JSON', async () => {
    const all = await run(['--list']);
    for (const name of functionNames(stack)) expect(all.out).toMatch(new RegExp(`^${name}$`, 'm'));
    expect(all.out).toMatch(/^ {2}gzip +Three events, gzip, so base64$/m);
    const one = await run(['--list', 'loader', '--json']);
    expect(JSON.parse(one.out)).toEqual(listSamples(join(project, 'events'), 'loader'));
    expect([all.code, one.code]).toEqual([0, 0]);
  });

  it('explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(out).toContain('Usage: npm run invoke -- <function> <event> [options]');
    expect(code).toBe(0);
  });
});

describe('command line of invoke', () => {
  it.each([
    [[], 'name a function and an event, such as: producer single-event'],
    [['loader'], 'name an event for loader: a sample, a path, or - for stdin; --list shows the samples'],
    [['loader', 'a', 'b'], 'a function and one event are enough: leave out "b"'],
    [['loader', 'a', '--url', 'localhost:1'], '--url is "localhost:1": say an address such as http://localhost:8787'],
    [['loader', 'a', '--aws-url', 'http://'], '--aws-url is "http://": say an address such as http://localhost:8787'],
    [['--list', 'loader', 'a'], '--list takes a function at most: leave out "a"'],
    [['--env-vars', 'loader'], '--env-vars prints the environment of all functions: leave out "loader"'],
    [['--list', '--env-vars'], '--list and --env-vars exclude each other: say one of them'],
    [['--bogus'], "Unknown option '--bogus'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseRequest(args)).toThrow(message);
  });

  it('takes addresses without a slash at their end', () => {
    expect(parseRequest(['loader', 'a', '--url', 'http://localhost:9/'])).toEqual({
      kind: 'invoke',
      functionName: 'loader',
      event: 'a',
      url: 'http://localhost:9',
      awsUrl: undefined,
      json: false,
    });
  });
});

describe('functions to invoke', () => {
  it('need services when their role lets them call any', () => {
    const needy = functionNames(stack).filter((name) => {
      const resource = findFunction(stack, name);
      return resource !== undefined && needsServices(stack, resource);
    });
    expect(needy).toEqual(functionNames(stack).filter((name) => name !== 'transformer'));
  });
});

describe('environment file of sam local', () => {
  const url = 'http://host.docker.internal:8788';

  it('is what the template gives the functions on the laptop (else: npm run invoke -- --env-vars > local/invoke/env-vars.json)', () => {
    const kept: unknown = JSON.parse(readFileSync(join(project, 'local/invoke/env-vars.json'), 'utf8'));
    expect(kept).toEqual(toEnvVars(readLaptopStack(project, url), url));
  });

  it('can set the endpoint, since the template names its variable: the SAM CLI passes on no other', () => {
    const { Globals: globals } = stack.template.root;
    expect(globals).toMatchObject({ Function: { Environment: { Variables: { AWS_ENDPOINT_URL: {} } } } });
    for (const { properties } of stack.ofType('AWS::Serverless::Function'))
      expect(properties).not.toMatchObject({ Environment: { Variables: { AWS_ENDPOINT_URL: expect.anything() } } });
  });
});
