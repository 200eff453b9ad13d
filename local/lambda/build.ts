import { join } from 'node:path';
import { type BuildOptions, build, type Format, type Loader } from 'esbuild';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';

/** Where a function's bundle stands, and which export answers. */
export interface Bundle {
  readonly file: string;
  readonly exportName: string;
}

/**
 * Bundles one function with the settings of its `Metadata.BuildProperties`, as `sam build` does (AWS SAM developer guide,
 * "Building Node.js Lambda functions with esbuild"). A setting that is not known here is an error, not a difference.
 */
export const buildFunction = async (
  stack: Stack,
  resource: Resource,
  folder: string,
  into: string,
): Promise<Bundle> => {
  const options = toOptions(stack, resource);
  const outdir = join(into, resource.logicalId);
  await build({ ...options, absWorkingDir: folder, outdir, bundle: true, platform: 'node', logLevel: 'silent' });
  const [base = 'index', exportName = 'handler'] = String(resource.properties.Handler).split('.');
  return { file: join(outdir, `${base}${options.outExtension?.['.js'] ?? '.js'}`), exportName };
};

const toOptions = (stack: Stack, resource: Resource): BuildOptions => {
  const path = [...resource.path, 'Metadata'];
  const { BuildMethod: method, BuildProperties: properties } = resource.metadata;
  if (method !== 'esbuild' || !isRecord(properties))
    throw stack.template.fault(
      path,
      `${resource.logicalId}: the laptop builds functions with BuildMethod esbuild only`,
    );
  const options: BuildOptions = {};
  for (const [name, value] of Object.entries(properties)) {
    const read = readers[name];
    if (read === undefined)
      throw stack.template.fault(
        [...path, 'BuildProperties', name],
        `${name} is a build property that the laptop does not know`,
      );
    Object.assign(options, read(value));
  }
  return options;
};

const readers: Readonly<Record<string, (value: unknown) => BuildOptions>> = {
  EntryPoints: (value) => ({ entryPoints: list(value) }),
  Minify: (value) => ({ minify: value === true }),
  Sourcemap: (value) => ({ sourcemap: value === true }),
  Target: (value) => ({ target: String(value) }),
  Format: (value) => ({ format: parseFormat(value) }),
  MainFields: (value) => ({ mainFields: String(value).split(',') }),
  External: (value) => ({ external: list(value) }),
  OutExtension: (value) => ({ outExtension: Object.fromEntries(list(value).map(pair)) }),
  Loader: (value) => ({
    loader: Object.fromEntries(
      list(value)
        .map(pair)
        .map(([end, name]) => [end, parseLoader(name)]),
    ),
  }),
};

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const pair = (text: string): [string, string] => {
  const [left = '', right = ''] = text.split('=');
  return [left, right];
};

const parseFormat = (value: unknown): Format => (value === 'esm' ? 'esm' : value === 'iife' ? 'iife' : 'cjs');

const parseLoader = (name: string): Loader => (name === 'text' || name === 'json' || name === 'binary' ? name : 'file');
