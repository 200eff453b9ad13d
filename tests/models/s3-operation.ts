import type { Exchange } from './exchange.ts';
import { type Model, type Operation, shapeOf } from './model.ts';

/** A request as S3's URIs mean it: bucket in the path or in front of the host. */
export interface S3Request {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export const toS3Request = ({ url, headers }: Exchange): S3Request => {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const inHost = /^(.+)\.localhost(?::\d+)?$/i.exec(headers.host ?? '')?.[1];
  const [bucket = '', key = ''] = inHost === undefined ? path.slice(1).split(/\/(.*)/s) : [inHost, path.slice(1)];
  return { bucket, key, query: new URLSearchParams(search) };
};

/**
 * The operation that AWS would take a request for: of those whose method and URI fit and whose required members are there, the one
 * that asks for most. An unknown query parameter that names a subresource is none of the others.
 */
export const findS3Operation = (model: Model, exchange: Exchange): Operation | undefined => {
  const { bucket, key, query } = toS3Request(exchange);
  const level = bucket === '' ? '/' : key === '' ? '/{Bucket}' : '/{Bucket}/{Key+}';
  const fits = (operation: Operation): number => {
    const [path, search = ''] = operation.http.requestUri.split('?');
    const method = exchange.method === operation.http.method;
    const literals = [...new URLSearchParams(search)];
    const asked = literals.every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value));
    const needed = neededOf(model, operation);
    const there = needed.every(({ location, name }) =>
      location === 'header' ? exchange.headers[name.toLowerCase()] !== undefined : query.has(name),
    );
    return method && path === level && asked && there ? literals.length + needed.length : -1;
  };
  const ranked = Object.values(model.operations)
    .filter(({ name }) => name !== 'ListDirectoryBuckets')
    .map((operation) => ({ operation, rank: fits(operation) }))
    .filter(({ rank }) => rank >= 0)
    .sort((left, right) => right.rank - left.rank);
  return ranked[0]?.operation;
};

/** Members in headers and the query without which a request is no request of this operation. */
const neededOf = (model: Model, operation: Operation): Needed[] => {
  const shape = operation.input === undefined ? undefined : shapeOf(model, operation.input.shape);
  return (shape?.required ?? []).flatMap((member): Needed[] => {
    const { location, locationName: name = '' } = shape?.members?.[member] ?? { shape: '' };
    return location === 'header' || location === 'querystring' ? [{ location, name }] : [];
  });
};

interface Needed {
  readonly location: 'header' | 'querystring';
  readonly name: string;
}
