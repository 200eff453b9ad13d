import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import { toRouteArn } from '../iam/from-template.ts';
import { type Gate, openGate } from '../iam/gate.ts';
import { type Access, toService } from '../iam/principal.ts';
import { type Invocation, type Invoke, invocationBytes } from '../invoke.ts';
import type { Random } from '../random.ts';
import { account } from '../template/resource-names.ts';
import type { Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import { toEvent } from './event.ts';

/** Largest request body of an HTTP API in bytes (API Gateway quotas, "Payload size": 10 MB). */
const bodyBytes = 10 * 1024 * 1024;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly apiId: string;
}

export interface Gateway {
  /** Answers the request if a route of the template takes it; false when none does. */
  handle(message: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>;
  readonly requests: () => number;
}

export interface GatewaySettings {
  readonly stack: Stack;
  readonly invoke: Invoke;
  /** Whether functions let API Gateway in; without it they do. */
  readonly gate?: Gate;
  readonly clock: Clock;
  readonly random: Random;
}

/** The HTTP APIs of the template: routes are the functions' events of type HttpApi. */
export const createGateway = ({ stack, invoke, gate = openGate, clock, random }: GatewaySettings): Gateway => {
  const routes = readRoutes(stack);
  let requests = 0;
  return {
    requests: () => requests,
    async handle(message, response, url) {
      const route = routes.find(
        ({ method, path }) => path === url.pathname && (method === 'ANY' || method === message.method),
      );
      if (route === undefined) return false;
      requests++;
      const body = await readBody(message);
      if (body === undefined) {
        answerJson(response, 413, { message: 'Request Entity Too Large' });
        return true;
      }
      const { method, path, apiId } = route;
      const event = toEvent({
        message,
        url,
        body,
        routeKey: `${method} ${path}`,
        apiId,
        requestId: random.uuid(),
        time: clock.now(),
      });
      const payload = JSON.stringify(event);
      if (Buffer.byteLength(payload) > invocationBytes)
        answerJson(response, 413, { message: 'Request Entity Too Large' });
      else if (!gate.allows(service, toAccess(route))) answerJson(response, 500, { message: 'Internal Server Error' });
      else await proxy(response, invoke, route.functionName, payload);
      return true;
    },
  };
};

const service = toService('apigateway.amazonaws.com');

const toAccess = ({ functionArn, apiId, method, path }: Route): Access => ({
  action: 'lambda:InvokeFunction',
  resource: functionArn,
  context: { 'aws:SourceArn': toRouteArn(apiId, '$default', method, path), 'aws:SourceAccount': account },
});

/** Events of functions that others answer to: local/sqs and local/schedule. */
const otherTypes = ['SQS', 'Schedule', 'ScheduleV2'];

const readRoutes = (stack: Stack): Route[] =>
  stack.ofType('AWS::Serverless::Function').flatMap((resource) =>
    Object.entries(isRecord(resource.properties.Events) ? resource.properties.Events : {}).flatMap(([name, event]) => {
      const properties = isRecord(event) && isRecord(event.Properties) ? event.Properties : {};
      const type = isRecord(event) ? event.Type : undefined;
      if (otherTypes.includes(String(type))) return [];
      if (type !== 'HttpApi')
        throw stack.template.fault(
          [...resource.path, 'Properties', 'Events', name],
          `${type} is an event type that the laptop cannot run`,
        );
      return [
        {
          method: String(properties.Method).toUpperCase(),
          path: String(properties.Path),
          functionName: resource.ref,
          functionArn: String(resource.attributes.Arn),
          apiId: String(properties.ApiId),
        },
      ];
    }),
  );

/** The whole body, or undefined when it is larger than the gateway takes; what comes after that is read and dropped. */
const readBody = async (message: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes <= bodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes > bodyBytes ? undefined : Buffer.concat(chunks);
};

const proxy = async (
  response: ServerResponse,
  invoke: Invoke,
  functionName: string,
  payload: string,
): Promise<void> => {
  // A function that cannot be invoked answers as one that fails.
  const invocation = await invoke(functionName, payload).catch(toFailure);
  if (invocation.functionError !== undefined) return answerJson(response, 500, { message: 'Internal Server Error' });
  const answer: unknown = JSON.parse(invocation.payload);
  if (!isRecord(answer) || answer.statusCode === undefined) return answerJson(response, 200, answer);
  const headers = isRecord(answer.headers) ? answer.headers : {};
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.statusCode = Number(answer.statusCode);
  response.end(Buffer.from(String(answer.body ?? ''), answer.isBase64Encoded === true ? 'base64' : 'utf8'));
};

const toFailure = (error: unknown): Invocation => {
  if (!(error instanceof AwsError)) throw error;
  return { payload: '{}', functionError: 'Unhandled' };
};

export const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
};
