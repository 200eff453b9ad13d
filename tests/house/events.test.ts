import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFunction, functionNames, openRunner, type Runner, readLaptopStack } from '#local/invoke/runner.ts';
import { listSamples, readNotes } from '#local/invoke/samples.ts';
import { type Laptop, newFolder, startLaptop, stopLaptops } from '../pipeline/laptop.ts';
import { differences } from './sample-answer.ts';

const project = join(import.meta.dirname, '../..');
const events = join(project, 'events');
const defaultAwsUrl = 'http://localhost:8788';
const functions = functionNames(readLaptopStack(project, defaultAwsUrl));
const notes = readNotes(events);

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

const read = (file: string): string => readFileSync(join(events, file), 'utf8');

describe('sample events', () => {
  it('stand in the README, each once, and the README names no other', () => {
    const files = filesBelow(events).filter((file) => file.endsWith('.json'));
    expect(notes.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it('say where they come from, with the licence of what is not ours', () => {
    const sources =
      /^(ours after )?(powertools, .+; MIT-0|aws-lambda-go, .+; Apache-2\.0)$|^ours after the (Amazon (S3|EventBridge|EventBridge Scheduler) user guide|SAM CLI .+; Apache-2\.0$)|^ours$/;
    expect(notes.filter(({ from }) => !sources.test(from))).toEqual([]);
  });

  it.each(functions)('are at least four for %s, and each parses', (name) => {
    const samples = listSamples(events, name);
    expect(samples.length).toBeGreaterThanOrEqual(4);
    for (const { file } of samples) expect(() => JSON.parse(read(file))).not.toThrow();
  });

  it('tell the loader of the objects under lake/, with their sizes and digests', () => {
    const told = listSamples(events, 'loader').flatMap(({ file }) =>
      [...read(file).matchAll(/\{\\"key\\":.+?\}/g)].map(([text]) => text),
    );
    for (const key of filesBelow(join(events, 'lake'))) {
      const bytes = readFileSync(join(events, 'lake', key));
      const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
      const etag = createHash('md5').update(bytes).digest('hex');
      expect(told.join('\n')).toContain(
        `{\\"key\\":\\"${encoded}\\",\\"size\\":${bytes.length},\\"eTag\\":\\"${etag}\\"`,
      );
    }
  });

  it("ask the migrator for the template's custom resources with the template's properties", () => {
    for (const { logicalId, type, properties } of readLaptopStack(project, defaultAwsUrl).resources) {
      if (!type.startsWith('Custom::')) continue;
      const sample = listSamples(events, 'migrator').find(
        ({ name }) => name === `create-${logicalId.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()}`,
      );
      const texts = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
      expect(JSON.parse(read(sample?.file ?? '')), logicalId).toMatchObject({
        LogicalResourceId: logicalId,
        ResourceType: type,
        ResourceProperties: texts,
      });
    }
  });
});

describe('differences', () => {
  it('finds what is not as promised, inside of texts too', () => {
    const given = { body: '{"accepted":1}', data: Buffer.from('{"kind":"event"}\n').toString('base64'), list: [1, 2] };
    expect(differences({ body: { accepted: 1 }, data: [{ kind: 'event' }], list: [1, 2] }, given)).toEqual([]);
    expect(differences({ body: { accepted: 2 } }, given)).toEqual(['answer.body.accepted is 1, wanted 2']);
    expect(differences({ data: [{ kind: 'batch' }] }, given)).toEqual([
      'answer.data[0].kind is "event", wanted "batch"',
    ]);
    expect(differences({ list: [1] }, given)).toEqual(['answer.list has 2 elements, wanted 1']);
    expect(differences({ missing: {} }, given)).toEqual(['answer.missing is undefined, wanted an object']);
    expect(differences([], null)).toEqual(['answer is null, wanted an array']);
  });
});

describe('answers to sample events, as the README promises them', () => {
  let laptop: Laptop;
  const runners = new Map<string, Runner>();
  const log: string[] = [];

  beforeAll(async () => {
    laptop = await startLaptop(newFolder());
    for (const key of filesBelow(join(events, 'lake'))) {
      const url = `${laptop.awsUrl}/millrace-lake-local/${key.split('/').map(encodeURIComponent).join('/')}`;
      const { status } = await fetch(url, { method: 'PUT', body: readFileSync(join(events, 'lake', key)) });
      expect(status, key).toBe(200);
    }
    const stack = readLaptopStack(project, laptop.awsUrl);
    for (const name of functions) {
      const resource = findFunction(stack, name);
      if (resource === undefined) throw new Error(`no function ${name}`);
      const settings = { project, stack, resource, awsUrl: laptop.awsUrl, log: (line: string) => log.push(line) };
      runners.set(name, await openRunner(settings));
    }
  });
  afterAll(async () => {
    await Promise.all([...runners.values()].map((runner) => runner.close()));
    stopLaptops();
  });

  it.each(notes)('$file', async ({ file, answer }) => {
    const event = read(file).replaceAll(defaultAwsUrl, laptop.awsUrl);
    const invocation = await runners.get(file.split('/')[0] ?? '')?.invoke(event);
    const { ResponseURL: responseUrl } = JSON.parse(event);
    const given = responseUrl === undefined ? invocation?.payload : await (await fetch(responseUrl)).text();
    expect(differences(JSON.parse(answer), given), log.slice(-3).join('\n')).toEqual([]);
  });
});
