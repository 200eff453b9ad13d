import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { ask } from './ask.ts';
import { type BucketOwner, findBucketOwner } from './bucket-owner.ts';
import { createNetworks, type Networks } from './ec2.ts';
import { codeOf } from './fault.ts';
import { type Caller, readCaller } from './sts.ts';

/** What is asked of an account before a stack is deployed into it; each call throws `Fault`. */
export interface Preflight extends Networks {
  caller(): Promise<Caller>;
  bucketOwner(name: string, account: string): Promise<BucketOwner>;
  namespaceExists(name: string): Promise<boolean>;
  workgroupExists(name: string): Promise<boolean>;
}

export const createPreflight = (region: string): Preflight => {
  // Buckets in the path: a stand-in on localhost has no sub-domains, and S3 takes both.
  const s3 = new S3Client({ region, followRegionRedirects: true, forcePathStyle: true });
  const sts = new STSClient({ region });
  const redshift = new RedshiftServerlessClient({ region });
  return {
    caller: () => readCaller(sts),
    bucketOwner: (name, account) => findBucketOwner(name, account, s3),
    namespaceExists: (name) =>
      exists('GetNamespace', () => redshift.send(new GetNamespaceCommand({ namespaceName: name }))),
    workgroupExists: (name) =>
      exists('GetWorkgroup', () => redshift.send(new GetWorkgroupCommand({ workgroupName: name }))),
    ...createNetworks(region),
  };
};

const exists = (what: string, request: () => Promise<unknown>): Promise<boolean> =>
  ask(what, async () => {
    try {
      await request();
      return true;
    } catch (error) {
      if (codeOf(error) === 'ResourceNotFoundException') return false;
      throw error;
    }
  });
