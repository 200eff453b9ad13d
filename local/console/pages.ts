import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Overview } from '#core/status.ts';
import { answerJson } from '../http-api/gateway.ts';
import type { SampleTraffic } from './sample.ts';

/** Builds the console's page into a folder, by its path: the laptop imports no other room. */
export const buildPages = async (project: string, into: string): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(project, 'console/build.ts'), into], { cwd: project });
};

export interface PagesSettings {
  readonly folder: string;
  readonly overview: (minutes: number) => Promise<Overview>;
  readonly sample: SampleTraffic;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.map': 'application/json',
  '.woff2': 'font/woff2',
};

/** No script, style or picture from anywhere else, and in no one's frame. */
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** Answers the page, its files and its JSON API; false for any other path. */
export const createPages = ({ folder, overview, sample }: PagesSettings) => {
  return async (message: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    if (url.pathname === '/console/api/overview' && message.method === 'GET') {
      const minutes = Number(url.searchParams.get('minutes') ?? 60);
      if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 10_080)
        answerJson(response, 200, await overview(minutes));
      else answerJson(response, 400, { message: 'minutes is not a whole number from 1 to 10080' });
      return true;
    }
    if (url.pathname === '/console/api/sample' && message.method === 'POST') {
      await startSample(message, response, sample);
      return true;
    }
    return message.method === 'GET' && sendFile(response, folder, url.pathname === '/' ? '/index.html' : url.pathname);
  };
};

const startSample = async (
  message: IncomingMessage,
  response: ServerResponse,
  sample: SampleTraffic,
): Promise<void> => {
  const wanted = parseSample(await readSmall(message));
  if (typeof wanted === 'string') answerJson(response, 400, { message: wanted });
  else if (!sample.start(wanted.events, wanted.seconds))
    answerJson(response, 409, { message: 'sample traffic is under way already' });
  else answerJson(response, 202, sample.progress());
};

const readSmall = async (message: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of message) if (text.length < 10_000) text += chunk;
  return text;
};

const parseSample = (text: string): { events: number; seconds: number } | string => {
  try {
    const { events = 600, seconds = 30 } = JSON.parse(text);
    const isFine = Number.isInteger(events) && events >= 1 && events <= 100_000 && seconds >= 1 && seconds <= 600;
    return isFine ? { events, seconds } : 'events is 1 to 100000 and seconds 1 to 600';
  } catch {
    return 'send {"events":600,"seconds":30}';
  }
};

const sendFile = (response: ServerResponse, folder: string, path: string): boolean => {
  const file = resolve(folder, `.${path}`);
  if (!file.startsWith(resolve(folder) + sep)) return false;
  const body = read(file);
  if (body === undefined) return false;
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
  response.setHeader('content-security-policy', policy);
  response.setHeader('cache-control', 'no-cache');
  response.end(body);
  return true;
};

const read = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
