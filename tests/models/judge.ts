import { gunzipSync } from 'node:zlib';
import type { Exchange } from './exchange.ts';
import { checkJsonAnswer, checkJsonRequest } from './json.ts';
import { jsonServices, type Model, type Models, queryServices, type ServiceName } from './model.ts';
import { checkQueryAnswer, checkQueryRequest } from './query.ts';
import { checkS3Answer, checkS3Request } from './s3.ts';
import { findS3Operation } from './s3-operation.ts';

/** One exchange beside AWS's own model of the service. */
export interface Verdict {
  readonly service: ServiceName;
  /** Undefined for a request that is none of the service's operations. */
  readonly operation: string | undefined;
  readonly status: number;
  readonly requestProblems: readonly string[];
  readonly answerProblems: readonly string[];
}

/** Undefined for what is no request to a service: the laptop's own routes, and what it refuses to answer a browser. */
export const judge = (models: Models, exchange: Exchange): Verdict | undefined => {
  const target = exchange.headers['x-amz-target'];
  if (exchange.url.startsWith('/_') || exchange.url.startsWith('/cloudformation-')) return undefined;
  if (exchange.status === 403 && exchange.answer.toString('utf8').startsWith('This is a laptop')) return undefined;
  if (target !== undefined) return judgeJson(models, target, exchange);
  if (exchange.method === 'POST' && exchange.url === '/') return judgeQuery(models, exchange);
  const operation = findS3Operation(models('s3'), exchange);
  return {
    service: 's3',
    operation: operation?.name,
    status: exchange.status,
    requestProblems: [...checkScope(models('s3'), exchange), ...checkS3Request(models('s3'), operation, exchange)],
    answerProblems: checkS3Answer(models('s3'), operation, exchange),
  };
};

const judgeJson = (models: Models, target: string, packed: Exchange): Verdict | undefined => {
  const exchange = unpack(packed);
  const dot = target.lastIndexOf('.');
  const service = jsonServices.find((name) => models(name).metadata.targetPrefix === target.slice(0, dot));
  if (service === undefined) return undefined;
  const model = models(service);
  const name = target.slice(dot + 1);
  const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
  return {
    service,
    operation: operation?.name,
    status: exchange.status,
    requestProblems: [...checkScope(model, exchange), ...checkJsonRequest(model, operation, exchange)],
    answerProblems: checkJsonAnswer(model, operation, exchange),
  };
};

/** SDKs pack large requests of some operations (Smithy: requestCompression). What only says that it is packed stays as it is. */
const unpack = (exchange: Exchange): Exchange => {
  if (exchange.headers['content-encoding'] !== 'gzip') return exchange;
  try {
    return { ...exchange, body: gunzipSync(exchange.body) };
  } catch {
    return exchange;
  }
};

/** Services of the query protocol share an endpoint and are told apart by their version. */
const judgeQuery = (models: Models, exchange: Exchange): Verdict | undefined => {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const service = queryServices.find((name) => models(name).metadata.apiVersion === form.get('Version'));
  if (service === undefined) return undefined;
  const model = models(service);
  const name = form.get('Action') ?? '';
  const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
  return {
    service,
    operation: operation?.name,
    status: exchange.status,
    requestProblems: [...checkScope(model, exchange), ...checkQueryRequest(model, operation, exchange)],
    answerProblems: checkQueryAnswer(model, operation, exchange),
  };
};

/** A signed request is signed for this service (Signature Version 4, "credential scope"). */
const checkScope = ({ metadata }: Model, { headers }: Exchange): string[] => {
  const scope = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  const wanted = metadata.signingName ?? metadata.endpointPrefix;
  return scope === undefined || scope === wanted ? [] : [`signed for ${scope}, not ${wanted}`];
};
