// The rules that the laptop's Redshift Data stand-in keeps (tests/contract/redshift), asked of a real workgroup. Works in a schema
// of its own and under manifests/checks/ of the lake (COPY's role may read there, and no load begins there), and removes both.
//
//   MILLRACE_STACK=millrace-staging npm run test:live -- tests/live/redshift.live.ts
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DeleteObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { copyRules } from '../contract/redshift/copy.suite.ts';
import { isolationRules } from '../contract/redshift/isolation.suite.ts';
import { execute, type Place, prepare } from '../contract/redshift/place.ts';
import { resultRules } from '../contract/redshift/results.suite.ts';
import { sessionRules } from '../contract/redshift/sessions.suite.ts';
import { sqlRules } from '../contract/redshift/sql.suite.ts';
import { statementRules } from '../contract/redshift/statements.suite.ts';
import { describeLive, openLive, runId } from './support.ts';

const schema = `millrace_rules_${runId}`;
const folder = `manifests/checks/${runId}-rules`;

describeLive('Redshift', () => {
  let place: Place;
  let bucket = '';
  let lake: S3Client;
  const keys: string[] = [];
  beforeAll(async () => {
    const { region, names, account, name } = await openLive();
    const { workgroup, cluster, database, warehouseSecretArn } = names;
    bucket = names.bucket;
    // In the path: a laptop has no sub-domains.
    lake = new S3Client({ region, forcePathStyle: true });
    place = {
      client: new RedshiftDataClient({ region }),
      target: {
        ...(workgroup === undefined ? {} : { WorkgroupName: workgroup }),
        ...(cluster === undefined ? {} : { ClusterIdentifier: cluster }),
        ...(warehouseSecretArn === undefined ? {} : { SecretArn: warehouseSecretArn }),
        Database: database,
      },
      schema,
      copyRole: (await account.stacks.find(name))?.outputs.CopyRoleArn ?? '',
      put: async (object, body) => {
        const key = `${folder}/${object}`;
        keys.push(key);
        await lake.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
        return `s3://${bucket}/${key}`;
      },
    };
    await prepare(place, `CREATE SCHEMA ${schema}`);
  });
  afterAll(async () => {
    await execute(place, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    if (keys.length > 0)
      await lake.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  });

  for (const rules of [statementRules, resultRules, sessionRules, copyRules, sqlRules, isolationRules])
    rules(() => place);
});
