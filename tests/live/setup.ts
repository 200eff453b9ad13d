import type { TestProject } from 'vitest/node';
import { createAccount } from '#aws/account.ts';
import { Fault } from '#aws/fault.ts';
import { regionOf } from '#cli/stack/region.ts';

/** What every file is told: the stack to check, or why there is none. */
export interface Live {
  readonly stackName: string;
  /** The stand-ins of a laptop answer in place of AWS. */
  readonly isLaptop: boolean;
  readonly whyNot: string | undefined;
}

declare module 'vitest' {
  export interface ProvidedContext {
    live: Live;
  }
}

const readLive = async (): Promise<Live> => {
  const stackName = process.env.MILLRACE_STACK ?? '';
  const isLaptop = (process.env.AWS_ENDPOINT_URL ?? '') !== '';
  const not = (whyNot: string): Live => ({ stackName, isLaptop, whyNot });
  if (stackName === '')
    return not(
      'no stack is named: MILLRACE_STACK=millrace-staging npm run test:live, with AWS credentials and a region',
    );
  try {
    const deployed = await createAccount(regionOf(undefined)).stacks.find(stackName);
    // These checks leave test orders in the tables.
    if (deployed?.parameters.Environment === 'production' && process.env.MILLRACE_CHECK_PRODUCTION !== 'yes')
      return not(
        'the stack is production, and checks leave test orders in it: MILLRACE_CHECK_PRODUCTION=yes allows it',
      );
    return { stackName, isLaptop, whyNot: undefined };
  } catch (error) {
    // Anything else than having no credentials is for the checks to fail with.
    const isNobody = error instanceof Fault && error.code === 'CredentialsProviderError';
    return isNobody
      ? not('there are no AWS credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID')
      : { stackName, isLaptop, whyNot: undefined };
  }
};

export default async ({ provide }: Pick<TestProject, 'provide'>): Promise<void> => {
  const live = await readLive();
  if (live.whyNot !== undefined) console.error(`tests/live are skipped: ${live.whyNot}`);
  provide('live', live);
};
