import { type Given, type Option, regionOption, stackOption, urlOption } from '../command.ts';
import { UsageError } from '../errors.ts';
import { parseUrl } from '../values.ts';
import type { Pipeline } from './open.ts';

/** The options that say which pipeline is meant. */
export const pipelineOptions: Readonly<Record<'url' | 'stack' | 'region', Option>> = {
  url: urlOption,
  stack: stackOption,
  region: regionOption,
};

/** Throws UsageError; before anything is opened, so that a wrong command line costs nothing. */
export const parsePipeline = (given: Given) => {
  const [url, stack, region] = [parseUrl('url', given.value('url') ?? ''), given.value('stack'), given.value('region')];
  if (stack === undefined && region !== undefined) throw new UsageError('--region goes with --stack: give both');
  return { url, stack, region };
};

/**
 * Opens the pipeline that the command line means, works on it and closes it; refusals of AWS become failures with their fix.
 * The SDK loads here, so that other commands start without it.
 */
export const withPipeline = async <Answer>(
  given: Given,
  work: (pipeline: Pipeline) => Promise<Answer>,
): Promise<Answer> => {
  const choice = parsePipeline(given);
  const [{ openPipeline }, { explained }] = await Promise.all([import('./open.ts'), import('../stack/failure.ts')]);
  return explained(async () => {
    const pipeline = await openPipeline(choice);
    try {
      return await work(pipeline);
    } finally {
      pipeline.close();
    }
  });
};
