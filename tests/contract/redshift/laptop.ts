import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { createAwsServer } from '#local/aws-server.ts';
import { systemClock } from '#local/clock.ts';
import { systemRandom } from '#local/random.ts';
import type { RedshiftSettings } from '#local/redshift/redshift.ts';
import { createRedshiftDataService } from '#local/redshift/wire.ts';
import { createTestLake, openRedshift, role } from '../../local/redshift/support.ts';
import { type Place, prepare } from './place.ts';

export interface LaptopPlace extends Place {
  readonly operations: readonly string[];
  /** Faults that the server reported. */
  readonly faults: readonly unknown[];
  close(): Promise<void>;
}

/** The stand-in behind a port of its own, with a lake of its own. */
export const openLaptop = async (settings: Partial<RedshiftSettings> = {}): Promise<LaptopPlace> => {
  const lake = createTestLake();
  const faults: unknown[] = [];
  const redshift = await openRedshift(lake, { clock: systemClock, ...settings });
  const service = createRedshiftDataService(redshift);
  const server = createAwsServer({
    services: [service],
    s3: (_request, response) => void response.writeHead(404).end(),
    random: systemRandom,
    onError: (error) => void faults.push(error),
  });
  const port = await server.listen(0);
  const client = new RedshiftDataClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const place: LaptopPlace = {
    client,
    target: { WorkgroupName: 'millrace', Database: 'millrace' },
    schema: 'rules',
    copyRole: role,
    put: (name, body) => {
      lake.put(`rules/${name}`, body);
      return Promise.resolve(`s3://lake/rules/${name}`);
    },
    operations: Object.keys(service.operations),
    faults,
    close: async () => {
      client.destroy();
      await server.close(0);
      await redshift.close();
      lake.remove();
    },
  };
  await prepare(place, `CREATE SCHEMA ${place.schema}`);
  return place;
};
