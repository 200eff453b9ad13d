import { createInterface } from 'node:readline/promises';
import { parseArguments } from '../arguments.ts';
import { commandHelp } from '../help.ts';
import { processSurroundings } from '../process.ts';
import { tellError } from '../tell-error.ts';
import { createDeploy, type Person } from './command.ts';

const isThere = process.stdin.isTTY === true;

const person: Person = {
  isThere,
  confirm: async (question) => {
    if (!isThere) return true;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(question)).trim());
    } finally {
      lines.close();
    }
  },
};

const deploy = createDeploy(person);
const surroundings = processSurroundings();

try {
  const given = parseArguments(deploy, process.argv.slice(2));
  if (given.has('help')) await surroundings.out.write(commandHelp(deploy, surroundings.out.paint, './deploy.sh'));
  else process.exitCode = await deploy.run(given, surroundings);
} catch (error) {
  process.exitCode = await tellError(error, surroundings.err, './deploy.sh --help');
}
