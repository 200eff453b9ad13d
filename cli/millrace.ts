#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { cost } from './cost/command.ts';
import { processSurroundings } from './process.ts';
import { createProgram } from './program.ts';
import { query } from './query/command.ts';
import { send } from './send/command.ts';
import { simulate } from './simulate/command.ts';
import { start } from './start.ts';
import { status } from './status/command.ts';

const program = createProgram([start, send, simulate, query, status, cost]);

process.exitCode = await program(process.argv.slice(2), processSurroundings());
