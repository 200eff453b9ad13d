/**
 * Bundles the console in memory: one page and a handful of assets, no request to anywhere else.
 * `node console/build.ts <outdir>` writes index.html and the assets below console/ there.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Ready to be sent: the path as the page asks for it, such as `/console/main-5RHQ2D7X.js`. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface BuiltConsole {
  readonly html: string;
  readonly files: ReadonlyMap<string, Asset>;
}

const ROOM = dirname(fileURLToPath(import.meta.url));
const ENTRIES = ['main.tsx', 'first-paint.ts', 'style.css', 'mark.svg'] as const;
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const typeOf = (path: string): string => TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/** Names carry a hash of their content, so the server may let browsers keep everything below /console/ for ever. */
export const buildConsole = async (): Promise<BuiltConsole> => {
  const { outputFiles, metafile } = await build({
    entryPoints: ENTRIES.map((entry) => join(ROOM, entry)),
    absWorkingDir: ROOM,
    outdir: '/console',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = new Map<string, Asset>(
    outputFiles.map(({ path, contents }) => [path, { type: typeOf(path), body: contents }]),
  );
  let html = await readFile(join(ROOM, 'index.html'), 'utf8');
  for (const [output, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const source = entryPoint ?? Object.keys(inputs)[0];
    const name = output.slice(output.lastIndexOf('/') + 1);
    if (source) html = html.replaceAll(`"${source}"`, `"/console/${name}"`);
  }
  return { html, files };
};

const writeConsole = async (outdir: string): Promise<void> => {
  const { html, files } = await buildConsole();
  await mkdir(join(outdir, 'console'), { recursive: true });
  await writeFile(join(outdir, 'index.html'), html);
  for (const [path, { body }] of files) await writeFile(join(outdir, path), body);
};

if (import.meta.main) {
  const outdir = process.argv[2];
  if (outdir) await writeConsole(outdir);
  else {
    process.stderr.write('usage: node console/build.ts <outdir>\n');
    process.exitCode = 2;
  }
}
