import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Overview } from '#core/status.ts';
import { makeEvents } from './workload.ts';

export interface EndToEnd {
  readonly seconds: number;
  readonly sent: number;
  readonly loaded: number;
  /** Seconds from an answer to the row in the warehouse, one event at a time, while nothing else runs: the median of five. */
  readonly freshSeconds: number;
  /** From the first request until the last accepted event was in the warehouse. */
  readonly eventsPerSecond: number;
  /** Resident megabytes of the whole laptop: after a third of the sending, and at its end. */
  readonly memoryMb: { readonly warm: number; readonly end: number };
  /** Seconds between the last answer and the last row. */
  readonly tailSeconds: number;
}

const batchSize = 100;
const lanes = 4;

/** A laptop of its own in memory, HTTP in to rows in the warehouse, as fast as it takes batches of 100 from four clients. */
export const benchEndToEnd = async (seconds: number): Promise<EndToEnd> => {
  const laptop = await startLaptop();
  try {
    const freshSeconds = await measureFreshness(laptop.url);
    const before = await countRows(laptop.url);
    const startedAt = Date.now();
    const until = startedAt + seconds * 1000;
    let sent = 0;
    let warm = 0;
    const lane = async (number: number): Promise<void> => {
      for (let batch = 0; Date.now() < until; batch++) {
        const accepted = await send(laptop.url, bodies(number, batch));
        sent += accepted;
        if (warm === 0 && Date.now() - startedAt > (seconds * 1000) / 3) warm = residentMb(laptop.child);
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    const answeredAt = Date.now();
    const end = residentMb(laptop.child);
    const loaded = (await waitForRows(laptop.url, before + sent)) - before;
    const total = (Date.now() - startedAt) / 1000;
    return {
      seconds,
      freshSeconds,
      sent,
      loaded,
      eventsPerSecond: loaded / total,
      memoryMb: { warm, end },
      tailSeconds: (Date.now() - answeredAt) / 1000,
    };
  } finally {
    laptop.child.kill('SIGKILL');
  }
};

/** Events of a shop with ids of their own in every batch; made once, as making them would cost the laptop its processor. */
const shop = makeEvents(batchSize * 20, 1).map((event) => event.slice(event.indexOf(',')));

const bodies = (lane: number, batch: number): string => {
  const from = (batch % 20) * batchSize;
  const ids = `0199aa00-0000-7000-${(0x8000 + lane).toString(16)}-${batch.toString(16).padStart(8, '0')}`;
  const events = shop.slice(from, from + batchSize);
  return `[${events.map((rest, at) => `{"event_id":"${ids}${at.toString(16).padStart(4, '0')}"${rest}`).join(',')}]`;
};

const startLaptop = (): Promise<{ child: ChildProcess; url: string }> =>
  new Promise((resolve, reject) => {
    const main = join(import.meta.dirname, '../local/main.ts');
    const flags = ['--disable-warning=ExperimentalWarning', main, '--memory', '--port', '0', '--aws-port', '0'];
    const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const url = /^millrace is ready\s+(http:\S+)/m.exec(output)?.[1];
      if (url !== undefined) resolve({ child, url });
    });
    child.on('exit', () => reject(new Error(`the laptop ended: ${output}`)));
  });

const send = async (url: string, body: string): Promise<number> => {
  const headers = { 'x-write-key': 'local-write-key', 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`the collector answered ${response.status}: ${answer}`);
  return JSON.parse(answer).accepted;
};

const measureFreshness = async (url: string): Promise<number> => {
  const seconds: number[] = [];
  for (let run = 0; run < 5; run++) {
    const before = await countRows(url);
    const startedAt = Date.now();
    await send(url, '{"event_name":"freshness"}');
    await waitForRows(url, before + 1);
    seconds.push((Date.now() - startedAt) / 1000);
  }
  return seconds.sort((left, right) => left - right)[2] ?? 0;
};

const countRows = async (url: string): Promise<number> => {
  const overview: Overview = await (await fetch(`${url}/console/api/overview?minutes=1`)).json();
  return overview.totals.events;
};

/** Rows in the warehouse once they are as many as were accepted, or after a minute. */
const waitForRows = async (url: string, wanted: number): Promise<number> => {
  const until = Date.now() + 60_000;
  for (;;) {
    const rows = await countRows(url);
    if (rows >= wanted || Date.now() > until) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Linux only: elsewhere 0. */
const residentMb = (child: ChildProcess): number => {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb) / 1024);
  } catch {
    return 0;
  }
};
