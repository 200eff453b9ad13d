import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** The parts of a request that its signature covers, as they came over the wire. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, percent-encoded as sent. */
  readonly url: string;
  /** Names and values in turn, as Node's `rawHeaders`. */
  readonly headers: readonly string[];
}

/** What a request says of its signature, in its `Authorization` header or in the query of a presigned address. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `yyyymmdd/region/service/aws4_request`. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyymmddThhmmssZ`. */
  readonly time: string;
  readonly token: string | undefined;
  /** Seconds that a presigned address lives. */
  readonly expires: number | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The access key id of a request, however it is signed; undefined for a request without one. */
export const accessKeyOf = ({ url, headers }: RequestHead): string | undefined => {
  const header = headerOf(headers, 'authorization');
  if (header !== undefined) return /Credential=([^/,\s]+)\//.exec(header)?.[1] ?? /^AWS ([^:\s]+):/.exec(header)?.[1];
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  return query.get('X-Amz-Credential')?.split('/')[0] ?? query.get('AWSAccessKeyId') ?? undefined;
};

/** Undefined when the request is not signed with Signature Version 4, or not wholly. */
export const parseAuthorization = (head: RequestHead): Authorization | undefined => {
  const header = headerOf(head.headers, 'authorization');
  return header === undefined ? parseQuery(head) : parseHeader(header, head);
};

const parseHeader = (header: string, { headers }: RequestHead): Authorization | undefined => {
  const match = /^AWS4-HMAC-SHA256\s+Credential=([^/]+)\/([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=(\w+)$/.exec(
    header,
  );
  const time = headerOf(headers, 'x-amz-date');
  if (match === null || time === undefined) return undefined;
  const [, accessKeyId = '', scope = '', names = '', signature = ''] = match;
  const token = headerOf(headers, 'x-amz-security-token');
  return { accessKeyId, scope, signedHeaders: names.split(';'), signature, time, token, expires: undefined };
};

const parseQuery = ({ url }: RequestHead): Authorization | undefined => {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const [credential, names, signature, time] = [
    query.get('X-Amz-Credential'),
    query.get('X-Amz-SignedHeaders'),
    query.get('X-Amz-Signature'),
    query.get('X-Amz-Date'),
  ];
  if (query.get('X-Amz-Algorithm') !== algorithm) return undefined;
  if (credential === null || names === null || signature === null || time === null) return undefined;
  const [accessKeyId = '', ...scope] = credential.split('/');
  return {
    accessKeyId,
    scope: scope.join('/'),
    signedHeaders: names.split(';'),
    signature,
    time,
    token: query.get('X-Amz-Security-Token') ?? undefined,
    expires: Number(query.get('X-Amz-Expires') ?? Number.NaN),
  };
};

/** Whether the signature is the one that this key makes ("Create a signed AWS API request", IAM user guide). */
export const isSignedWith = (
  key: Buffer,
  head: RequestHead,
  authorization: Authorization,
  payloadHash: string,
): boolean => {
  const { scope, time, signature } = authorization;
  const text = [algorithm, time, scope, hash('sha256', toCanonical(head, authorization, payloadHash))].join('\n');
  return isSame(signature, hmac(key, text).toString('hex'));
};

const isSame = (given: string, wanted: string): boolean =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

/** The key that a secret makes for a day, a region and a service. */
export const toSigningKey = (secret: string, scope: string): Buffer => {
  const [date = '', ...parts] = scope.split('/');
  return parts.reduce(hmac, hmac(`AWS4${secret}`, date));
};

const toCanonical = (
  { method, url, headers }: RequestHead,
  { scope, signedHeaders }: Authorization,
  payloadHash: string,
): string => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  // S3 encodes a path once, every other service what is already encoded once more.
  const segments = path.split('/').map((part) => encode(scope.split('/')[2] === 's3' ? decode(part) : part));
  return [
    method,
    segments.join('/'),
    toCanonicalQuery(mark < 0 ? '' : url.slice(mark + 1)),
    ...signedHeaders.map((name) => `${name}:${valuesOf(headers, name).map(tidy).join(',')}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
};

const toCanonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, left], [b, right]) => (a === b ? compare(left, right) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const tidy = (value: string): string => value.trim().replace(/ +/g, ' ');

const valuesOf = (headers: readonly string[], name: string): readonly string[] =>
  headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);

export const headerOf = (headers: readonly string[], name: string): string | undefined => valuesOf(headers, name)[0];

/** Headers that a signature must cover: the host, and whatever speaks to AWS. */
export const unsignedHeaders = ({ headers }: RequestHead, { signedHeaders }: Authorization): readonly string[] => {
  const names = headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return ['host', ...names.filter((name) => name.startsWith('x-amz-'))].filter((name) => !signedHeaders.includes(name));
};

/** Checks the signatures inside an `aws-chunked` body, each of which is made over the one before it. */
export interface ChunkChain {
  /** Whether this is the signature of the next chunk, whose bytes have this SHA-256. */
  takeChunk(signature: string, bytesHash: string): boolean;
  /** Whether this is the signature of the trailing headers, in their canonical form. */
  takeTrailer(signature: string, canonical: string): boolean;
}

/** ("Signature calculations for the Authorization header: transferring payload in multiple chunks", S3 API reference.) */
export const createChunkChain = (key: Buffer, { scope, time, signature: seed }: Authorization): ChunkChain => {
  let previous = seed;
  const take = (given: string, kind: string, hashes: readonly string[]): boolean => {
    const wanted = hmac(key, [`${algorithm}-${kind}`, time, scope, previous, ...hashes].join('\n')).toString('hex');
    previous = wanted;
    return isSame(given, wanted);
  };
  return {
    takeChunk: (given, bytesHash) => take(given, 'PAYLOAD', [hash('sha256', ''), bytesHash]),
    takeTrailer: (given, canonical) => take(given, 'TRAILER', [hash('sha256', canonical)]),
  };
};

/** `20261122T100000Z` as epoch milliseconds. */
export const parseTime = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
