import { isRecord } from '../template/template.ts';

/** No laptop answers where one is looked for: what to do stands in the message. */
export class ServicesError extends Error {}

/** Where the laptop's AWS services answer: as it says itself at `url`, or at `awsUrl` if that is given. */
export const findServices = async ({
  url,
  awsUrl,
}: {
  readonly url: string;
  readonly awsUrl: string | undefined;
}): Promise<string> => {
  if (awsUrl !== undefined) {
    await reach(awsUrl, '--aws-url');
    return awsUrl;
  }
  const answer = await reach(`${url}/health`, '--url');
  const health: unknown = await answer.json().catch(() => undefined);
  const aws = isRecord(health) && isRecord(health.resources) ? health.resources.aws : undefined;
  if (typeof aws !== 'string')
    throw new ServicesError(`what answers at ${url} is no laptop: name the right one with --url`);
  return aws;
};

const reach = async (url: string, flag: string): Promise<Response> => {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(5000) });
  } catch {
    const { origin } = new URL(url);
    throw new ServicesError(
      `no laptop answers at ${origin}, and the function needs its services: start it with npm start, or name another with ${flag}`,
    );
  }
};
