import { createPipelineParts, type PipelineParts } from '#aws/pipeline.ts';
import { openStack } from '../stack/open.ts';
import { readHealth } from '../status/health.ts';

/** A running laptop or a deployed stack, the same to those who work on it. */
export interface Pipeline extends PipelineParts {
  /** As people call it: `the laptop` or `stack shop`. */
  readonly name: string;
  /** What a command line is given to mean it: `--stack shop`, or nothing for the laptop at the usual address. */
  readonly flags: string;
}

export interface PipelineChoice {
  readonly url: string;
  readonly stack: string | undefined;
  readonly region: string | undefined;
}

/** The warehouse of a stack is asked as its administrator, as with `millrace query`. Throws Failure. */
export const openPipeline = async ({ url, stack, region }: PipelineChoice): Promise<Pipeline> => {
  if (stack === undefined) {
    const { resources } = (await readHealth(url)).health;
    const parts = createPipelineParts(
      { laptop: resources.aws },
      { ...resources, cluster: undefined, secretArn: undefined },
    );
    return { ...parts, name: 'the laptop', flags: url === usualUrl ? '' : ` --url ${url}` };
  }
  const opened = await openStack(stack, region);
  const parts = createPipelineParts(
    { region: opened.region },
    { ...opened.names, secretArn: opened.names.warehouseSecretArn },
  );
  return { ...parts, name: `stack ${stack}`, flags: ` --stack ${stack}` };
};

const usualUrl = 'http://localhost:8787';
