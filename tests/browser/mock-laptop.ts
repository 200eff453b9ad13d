/**
 * A laptop for the page's eyes only: serves the built console and a scripted overview.
 * By hand: `npx node tests/browser/mock-laptop.ts busy 8799`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type BuiltConsole, buildConsole } from '#console/build.ts';
import { busy, empty, SCENES, type Scene } from './scenes.ts';

export interface MockLaptop {
  readonly url: string;
  /** Bodies that were posted to /console/api/sample. */
  readonly posts: readonly string[];
  readonly play: (scene: Scene) => void;
  /** Status and body of the next answers to the sample button; 202 unless told. */
  readonly answerSample: (status: number, body: string) => void;
  readonly die: () => Promise<void>;
  readonly revive: () => Promise<void>;
}

interface Settings {
  readonly scene?: Scene;
  readonly port?: number;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/** Sample traffic of the mock: as many events a second as were asked for, from the moment of the post. */
const withSample = (scene: Scene, startedAt: number): Scene => {
  return (moment) => {
    const sent = Math.min(600, Math.floor(((moment.now - startedAt) / 1000) * 20));
    const base = sent > 60 && scene === empty ? busy : scene;
    return { ...base(moment), sample: sent < 600 ? { sent, total: 600 } : null };
  };
};

/** The page does not change while tests run, so that it is bundled once for all of them. */
let bundling: Promise<BuiltConsole> | undefined;

export const startMockLaptop = async ({ scene: first = empty, port = 0 }: Settings = {}): Promise<MockLaptop> => {
  bundling ??= buildConsole();
  const built = await bundling;
  const startedAt = Date.now();
  const posts: string[] = [];
  let scene = first;
  let sampleAnswer = { status: 202, body: '{"started":true}' };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://laptop');
    const send = (status: number, type: string, body: string | Uint8Array): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    if (url.pathname === '/') return send(200, 'text/html; charset=utf-8', built.html);
    if (url.pathname === '/console/api/overview') {
      const now = Date.now();
      const moment = { now, seconds: (now - startedAt) / 1000, minutes: Number(url.searchParams.get('minutes')) };
      return send(200, 'application/json', JSON.stringify(scene(moment)));
    }
    if (url.pathname === '/console/api/sample' && request.method === 'POST') {
      posts.push(await readBody(request));
      if (sampleAnswer.status < 300) scene = withSample(scene, Date.now());
      return send(sampleAnswer.status, 'application/json', sampleAnswer.body);
    }
    const file = built.files.get(url.pathname);
    return file ? send(200, file.type, file.body) : send(404, 'text/plain', 'not found');
  };

  const open = (): Server => createServer((request, response) => void answer(request, response));
  let server = open();
  const bound = await listen(server, port);

  return {
    url: `http://127.0.0.1:${bound}`,
    posts,
    play: (next) => {
      scene = next;
    },
    answerSample: (status, body) => {
      sampleAnswer = { status, body };
    },
    die: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    revive: async () => {
      server = open();
      await listen(server, bound);
    },
  };
};

if (import.meta.main) {
  const [, , name = 'busy', port = '8799'] = process.argv;
  const scene = Object.entries(SCENES).find(([key]) => key === name)?.[1];
  if (!scene) throw new Error(`no scene ${name}; there are ${Object.keys(SCENES).join(', ')}`);
  const laptop = await startMockLaptop({ scene, port: Number(port) });
  process.stdout.write(`${name} at ${laptop.url}\n`);
}
