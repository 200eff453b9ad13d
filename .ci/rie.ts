// Every sample event, answered by the built functions under AWS's own runtime: the Runtime Interface Emulator in front,
// aws-lambda-ric inside, one process a function. Prints a line for each invocation; exits with 1 when an answer is wrong.
//   node .ci/rie.ts --rie BINARY --ric FOLDER [--build .aws-sam/build]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toEnvVars } from '../local/invoke/env-vars.ts';
import { findFunction, functionNames, readLaptopStack } from '../local/invoke/runner.ts';
import { readNotes } from '../local/invoke/samples.ts';
import { buildFunction } from '../local/lambda/build.ts';
import { differences } from '../tests/house/sample-answer.ts';
import { type Emulated, startEmulator } from './rie/emulator.ts';
import { putLake, readEvent, startLaptop } from './rie/laptop.ts';
import { lambdaBytes, largeBatch } from './rie/large-batch.ts';

const project = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { rie: { type: 'string' }, ric: { type: 'string' }, build: { type: 'string' } },
});
const { rie, ric, build } = values;
if (rie === undefined || ric === undefined) throw new Error('say where --rie and --ric are');

let wrong = 0;
const report = (name: string, startedAt: number, faults: readonly string[], log: readonly string[] = []): void => {
  const milliseconds = String(Math.round(performance.now() - startedAt)).padStart(5);
  console.log(`${faults.length === 0 ? 'ok   ' : 'FAIL '} ${milliseconds} ms  ${name}`);
  for (const line of [...faults, ...(faults.length === 0 ? [] : log.slice(-5))]) console.log(`        ${line}`);
  if (faults.length > 0) wrong++;
};

const bundles = mkdtempSync(join(tmpdir(), 'millrace-rie-'));
const laptop = await startLaptop(project);
const running: Emulated[] = [];
try {
  await putLake(join(project, 'events/lake'), laptop.awsUrl);
  const stack = readLaptopStack(project, laptop.awsUrl);
  // Numbers: an SDK puts a bucket's name in front of a host that has one.
  const environment = toEnvVars(stack, laptop.awsUrl.replace('localhost', '127.0.0.1'));
  const start = async (name: string, variables: Readonly<Record<string, string>> = {}): Promise<Emulated> => {
    const resource = findFunction(stack, name);
    if (resource === undefined) throw new Error(`the template has no function ${name}`);
    if (build === undefined) await buildFunction(stack, resource, project, bundles);
    const folder = join(build ?? bundles, resource.logicalId);
    const given = { ...environment.Parameters, ...environment[resource.logicalId], ...variables };
    const emulated = await startEmulator({ rie, ric, folder, resource, variables: given });
    running.push(emulated);
    return emulated;
  };

  for (const name of functionNames(stack)) {
    const emulated = await start(name);
    for (const { file, answer } of readNotes(join(project, 'events')).filter(({ file }) =>
      file.startsWith(`${name}/`),
    )) {
      const startedAt = performance.now();
      const event = readEvent(join(project, 'events', file), laptop.awsUrl);
      const payload = await emulated.invoke(event);
      const { ResponseURL: responseUrl } = JSON.parse(event);
      const given = responseUrl === undefined ? payload : await (await fetch(responseUrl)).text();
      report(file, startedAt, differences(JSON.parse(answer), given), emulated.log);
    }
  }

  const large = largeBatch();
  const whole = await start('transformer');
  const fittedAt = performance.now();
  const fitted = await whole.invoke(large);
  const results = new Set(JSON.parse(fitted).records.map(({ result }: { result: string }) => result));
  report(
    `transformer: rows of more than ${lambdaBytes} bytes, what does not fit is put aside: ${fitted.length} bytes`,
    fittedAt,
    [
      ...(fitted.length <= lambdaBytes && fitted.length > lambdaBytes - 50_000 ? [] : [`${fitted.length} bytes`]),
      ...(results.has('Ok') && results.has('ProcessingFailed') ? [] : [`results are ${[...results]}`]),
    ],
    whole.log,
  );

  const unbound = await start('transformer', { RESPONSE_BYTES: String(lambdaBytes + 50_000) });
  const refusedAt = performance.now();
  const refused = differences({ errorType: 'Function.ResponseSizeTooLarge' }, await unbound.invoke(large));
  report(`transformer: an answer of up to 50,000 bytes more is refused`, refusedAt, refused, unbound.log);
} finally {
  for (const emulated of running) emulated.stop();
  await laptop.stop();
  rmSync(bundles, { recursive: true, force: true });
}
console.log(wrong === 0 ? 'all answers are as events/README.md says' : `${wrong} answers are wrong`);
process.exit(wrong === 0 ? 0 : 1);
