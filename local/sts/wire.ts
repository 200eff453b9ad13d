import type { QueryService } from '../query-protocol.ts';
import { account } from '../template/resource-names.ts';

/** The Security Token Service's query protocol, the one call of it that people begin with: who am I? */
export const createStsService = (): QueryService => ({
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    GetCallerIdentity: (_, caller) => [
      ['Arn', caller.name],
      ['UserId', caller.context['aws:userid'] ?? ''],
      ['Account', account],
    ],
  },
  free: ['GetCallerIdentity'],
});
