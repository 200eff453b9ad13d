import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { DoorRejection } from '#core/body.ts';

const json = { 'content-type': 'application/json' };

/** Seconds after which a client that got 503 should try again. */
const retryAfterSeconds = 5;

export const refuse = (statusCode: number, code: string, message: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: statusCode === 503 ? { ...json, 'retry-after': String(retryAfterSeconds) } : json,
  body: JSON.stringify({ accepted: 0, rejected: [], code, message }),
});

/** What happened to each event: 202 when any was stored; 503 when the stream took none; else 413 or 400. */
export const answer = (accepted: number, rejected: readonly DoorRejection[]): APIGatewayProxyStructuredResultV2 => {
  const body = JSON.stringify({ accepted, rejected: [...rejected].sort((left, right) => left.index - right.index) });
  if (accepted > 0) return { statusCode: 202, headers: json, body };
  if (rejected.some((each) => each.code === 'stream_unavailable'))
    return { statusCode: 503, headers: { ...json, 'retry-after': String(retryAfterSeconds) }, body };
  return { statusCode: rejected.every((each) => each.code === 'too_large') ? 413 : 400, headers: json, body };
};
