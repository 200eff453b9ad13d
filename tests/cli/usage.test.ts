import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { entry, millrace, node } from './support/cli.ts';
import { inProcess } from './support/in-process.ts';

const commands = [
  'start',
  'send',
  'simulate',
  'query',
  'status',
  'cost',
  'replay',
  'backfill',
  'rebuild',
  'dlq',
  'erase',
];
const nowhere = ['--url', 'http://127.0.0.1:9'];

describe('millrace', () => {
  it.each([[[]], [['--help']], [['help']]])('lists the commands for %j', async (args) => {
    const { code, out, err } = await inProcess(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of commands) expect(out).toContain(`\n  ${command} `);
  });

  it.each(commands)('explains %s with options, two examples and exit codes', async (command) => {
    const [asked, helped] = await Promise.all([inProcess([command, '--help']), inProcess(['help', command])]);
    expect(asked).toEqual({ code: 0, err: '', out: helped.out });
    expect(asked.out).toContain(`Usage: millrace ${command} `);
    expect(asked.out).toContain('--json');
    expect(asked.out.split('\n  npx millrace').length).toBeGreaterThan(2);
    expect(asked.out).toContain('2  wrong usage');
    expect(asked.out).not.toContain('\u001b');
  });

  it('prints its version', async () => {
    expect((await inProcess(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['statsu'], 'did you mean status?'],
    [['sim'], 'did you mean simulate?'],
    [['help', 'qurey'], 'did you mean query?'],
    [['frobnicate'], 'choose one of start, send, simulate, query, status, cost, replay, backfill'],
    [['--json', 'status'], '--json stands before the command'],
    [['status', '--wacth'], 'status has no option --wacth: did you mean --watch?'],
    [['status', 'now'], 'status takes no argument, but was given "now"'],
    [['status', '--url', 'localhost:8787'], '--url localhost:8787 is not an address'],
    [['status', '--json=yes'], '--json takes no value'],
    [['status', '--wait', '--watch'], '--wait ends and --watch does not'],
    [['status', '--event', 'x'], '--event goes with --wait'],
    [['status', '--timeout', '5s'], '--timeout goes with --wait'],
    [['status', '--wait', '--timeout', '5'], '--timeout 5 is not a duration'],
    [['status', '--wait', '--event', "o'x"], "--event o'x is no event_id"],
    [['status', '--stack', 'a', '--watch'], '--watch is for a laptop'],
    [['status', '--no-warehouse'], '--no-warehouse goes with --stack'],
    [['status', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['send', '{}', '{}'], 'send takes one argument, but was given "{}"'],
    [['send', 'order_completed'], 'the event is not a JSON object'],
    [['send', '{"event_id":7}'], 'event_id of the event is no text'],
    [['send', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['cost', '--events-per-second', 'many'], '--events-per-second many is not a number'],
    [['cost', '--freshness', 'fast'], 'choose realtime, standard or economy'],
    [['cost', '--base-capacity', '5'], 'choose 4, 8, 16 or 32'],
    [['query'], 'query needs a statement'],
    [['query', 'SELECT', '1'], 'put the SQL in quotes'],
    [['query', '  '], 'the statement is empty'],
    [['simulate', '--rate', '0'], '--rate 0 is not a number from 0.01 to 1000000'],
    [['simulate', '--rate', 'fast'], '--rate fast is not a number'],
    [['simulate', '--rate', '-5'], '--rate -5 is not a number'],
    [['simulate', '--count', '1.5'], '--count 1.5 is not a whole number'],
    [['simulate', '--for', '30'], '--for 30 is not a duration: write 30s'],
    [['simulate', '--for', '1m', '--count', '5'], '--count and --for'],
    [['simulate', '--seed', '--json'], '--seed needs a value: --seed S'],
    [['simulate', '--seed', '1', '--seed', '2'], '--seed is given twice'],
    [['simulate', '--traffic', 'shops'], 'choose tutorial, shop or both'],
    [['simulate', '--late', '60', '--duplicates', '60'], 'together at most 100'],
    [['start', '--port', '80000'], '--port 80000 is not a whole number from 1 to 65535'],
    [['start', '--freshness', 'fast'], 'choose realtime, standard or economy'],
    [['erase'], 'erase needs a person: --user ID'],
    [['erase', '--user', 'u-1'], 'erase cannot be undone: look with --dry-run, then give --yes'],
    [['erase', '--user', 'u-1', '--yes', '--dry-run'], '--dry-run changes nothing and --yes does'],
    [['erase', 'u-1', '--yes'], 'erase takes no argument, but was given "u-1"'],
    [['erase', '--user', 'u-1', '--dry-run', '--since', 'monday'], '--since monday is no time'],
    [['erase', '--user', 'u-1', '--dry-run', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['rebuild'], 'rebuild empties tables: look with --dry-run, then give --yes'],
    [['rebuild', '--yes', '--dry-run'], '--dry-run changes nothing and --yes does'],
    [['rebuild', '--resume'], 'rebuild loads again: look with --dry-run, then give --yes'],
    [['backfill', '--from', '2099-01-01'], '--from is in the future'],
    [['replay', '--failed', '--rejected'], 'are two replays: give one'],
    [['rebuild', 'now', '--yes'], 'rebuild takes no argument, but was given "now"'],
    [['rebuild', '--yes', '--timeout', '5'], '--timeout 5 is not a duration'],
    [['rebuild', '--yes', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['replay'], 'replay needs --failed or --rejected: give one of them'],
    [['replay', 'failed'], 'replay takes no argument, but was given "failed"'],
    [['replay', '--failed', '--reason', 'invalid_time'], '--reason goes with --rejected'],
    [
      ['replay', '--rejected', '--reason', 'invalid-time'],
      '--reason invalid-time is not known: choose empty, not_utf8',
    ],
    [['replay', '--rejected', '--all'], '--all goes with --failed'],
    [['replay', '--rejected', '--since', 'monday'], '--since monday is no time: write 2026-11-22T10:00:00Z, or 7d'],
    [['replay', '--failed', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['backfill'], 'backfill needs --from T'],
    [['backfill', '--from', '1h', '--to', '2h'], '--from is not before --to'],
    [['backfill', '--from', '1h', '--timeout', '5'], '--timeout 5 is not a duration'],
    [['backfill', '--from', '1h', '--region', 'eu-west-1'], '--region goes with --stack'],
    [['dlq', 'purge'], 'dlq purge is not known: write dlq list or dlq redrive'],
    [['dlq', 'list', 'redrive'], 'dlq takes one argument, but was given "redrive"'],
    [['dlq', 'list', '--dry-run'], '--dry-run goes with dlq redrive'],
    [['dlq', '--limit', '0'], '--limit 0 is not a whole number from 1 to 100000'],
  ])('ends %j with 2 and says what to do', async (args, message) => {
    const { code, out, err } = await inProcess(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toMatch(/see millrace.* --help\n$/);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it.each([
    [['status', ...nowhere]],
    [['status', '--wait', ...nowhere]],
    [['query', 'SELECT 1', ...nowhere]],
    [['simulate', '--count', '1', ...nowhere]],
    [['replay', '--failed', ...nowhere]],
    [['replay', '--rejected', '--dry-run', ...nowhere]],
    [['backfill', '--from', '1h', ...nowhere]],
    [['dlq', ...nowhere]],
    [['dlq', 'redrive', ...nowhere]],
  ])('ends %j with 1 and one line when no laptop answers', async (args) => {
    const { code, out, err } = await inProcess([...args, '--json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe('millrace: no laptop answers at http://127.0.0.1:9: start it with npm start\n');
  });

  it('ends as a process with the same codes and texts', async () => {
    const [overview, wrong, unreachable] = await Promise.all([
      millrace([]),
      millrace(['statsu']),
      millrace(['status', ...nowhere]),
    ]);
    expect(overview).toEqual(await inProcess([]));
    expect(wrong).toEqual(await inProcess(['statsu']));
    expect(unreachable).toEqual(await inProcess(['status', ...nowhere]));
    expect([overview.code, wrong.code, unreachable.code]).toEqual([0, 2, 1]);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', entry, 'simulate', '--help'], {
      stdio: 'pipe',
    });
    child.stdout.destroy();
    const [err, code] = await Promise.all([text(child.stderr), new Promise((resolve) => child.once('exit', resolve))]);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });

  it('can be run as the file it is', async () => {
    expect((await stat(entry)).mode & 0o111).toBe(0o111);
    expect(await readFile(entry, 'utf8')).toMatch(/^#!\/usr\/bin\/env -S node --disable-warning=ExperimentalWarning\n/);
  });
});
