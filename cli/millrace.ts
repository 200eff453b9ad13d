#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { backfill } from './backfill/command.ts';
import { cost } from './cost/command.ts';
import { dlq } from './dlq/command.ts';
import { erase } from './erase/command.ts';
import { processSurroundings } from './process.ts';
import { createProgram } from './program.ts';
import { query } from './query/command.ts';
import { rebuild } from './rebuild/command.ts';
import { replay } from './replay/command.ts';
import { send } from './send/command.ts';
import { simulate } from './simulate/command.ts';
import { start } from './start.ts';
import { status } from './status/command.ts';

const program = createProgram([start, send, simulate, query, status, cost, replay, backfill, rebuild, dlq, erase]);

process.exitCode = await program(process.argv.slice(2), processSurroundings());
