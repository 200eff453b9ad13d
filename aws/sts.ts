import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { ask } from './ask.ts';

/** Whose credentials these are. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** Throws `Fault`. */
export const readCaller = (client: STSClient): Promise<Caller> =>
  ask('GetCallerIdentity', async () => {
    const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account, arn };
  });
