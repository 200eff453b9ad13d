import { readFile } from 'node:fs/promises';
import { SqlError } from '../error.ts';
import type { CopyStatement } from '../sql/statements.ts';

/** An object of the lake as a plain file, read-only. */
export interface LakeFile {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
}

/** The lake as COPY sees it. `list` is for COPY from a prefix; without it only full keys and manifests work. */
export interface LakeReader {
  readonly fileOf: (bucket: string, key: string) => LakeFile | undefined;
  readonly list?: (bucket: string, prefix: string) => readonly string[];
  /** The folder that holds every file; DuckDB may then open nothing outside it. */
  readonly folder?: string;
}

/** A file to load, in the order of the manifest. */
export interface SourceFile {
  readonly url: string;
  readonly path: string;
  readonly size: number;
}

const noSuchKey = (url: string): SqlError =>
  new SqlError(
    `S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey,CanRetry 1\n  Detail: ${url}`,
  );

const split = (url: string): { readonly bucket: string; readonly key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url);
  if (match === null) throw new SqlError(`Invalid S3 url: ${url}`);
  return { bucket: match[1] ?? '', key: match[2] ?? '' };
};

/** The files that a COPY reads ("Using a manifest to specify data files", Amazon Redshift Database Developer Guide). */
export const resolveFiles = async (statement: CopyStatement, lake: LakeReader): Promise<readonly SourceFile[]> => {
  const { bucket, key } = split(statement.from);
  if (!statement.manifest) return byPrefix(bucket, key, lake);
  const manifest = lake.fileOf(bucket, key);
  if (manifest === undefined) throw noSuchKey(statement.from);
  const files: SourceFile[] = [];
  for (const { url, mandatory } of parseManifest(await readFile(manifest.path, 'utf8'), statement.from)) {
    const object = split(url);
    const file = lake.fileOf(object.bucket, object.key);
    if (file !== undefined) files.push({ url, path: file.path, size: file.size });
    else if (mandatory) throw new SqlError(`Mandatory url is not present in manifest file.\n  Detail: ${url}`);
  }
  if (files.length === 0) throw new SqlError('No files found by the manifest');
  return files;
};

const byPrefix = (bucket: string, prefix: string, lake: LakeReader): readonly SourceFile[] => {
  const keys = lake.list?.(bucket, prefix) ?? [prefix];
  const files = keys.flatMap((key) => {
    const file = lake.fileOf(bucket, key);
    return file === undefined ? [] : [{ url: `s3://${bucket}/${key}`, path: file.path, size: file.size }];
  });
  if (files.length === 0) throw new SqlError(`The specified S3 prefix '${prefix}' does not exist`);
  return files;
};

const parseManifest = (text: string, url: string): readonly { readonly url: string; readonly mandatory: boolean }[] => {
  const broken = (why: string): SqlError => new SqlError(`Problem reading manifest file ${url}: ${why}`);
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw broken('it is not JSON');
  }
  const entries =
    typeof manifest === 'object' && manifest !== null && 'entries' in manifest ? manifest.entries : undefined;
  if (!Array.isArray(entries)) throw broken('it has no list "entries"');
  return entries.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('url' in entry) || typeof entry.url !== 'string')
      throw broken('an entry has no "url"');
    return { url: entry.url, mandatory: 'mandatory' in entry && entry.mandatory === true };
  });
};
