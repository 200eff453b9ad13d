import { DescribeAvailabilityZonesCommand, EC2Client, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import { ask } from './ask.ts';

/** What a region has of networks; each call throws `Fault`. */
export interface Networks {
  /** Networks that this account has there. */
  vpcs(): Promise<number>;
  /** Availability zones that this account may use. */
  zones(): Promise<number>;
}

export const createNetworks = (region: string): Networks => {
  const client = new EC2Client({ region });
  return {
    vpcs: () =>
      ask('DescribeVpcs', async () => {
        let count = 0;
        for await (const { Vpcs: found = [] } of paginateDescribeVpcs({ client }, {})) count += found.length;
        return count;
      }),
    zones: () =>
      ask('DescribeAvailabilityZones', async () => {
        const filters = [
          { Name: 'state', Values: ['available'] },
          // Local and wavelength zones hold no warehouse.
          { Name: 'zone-type', Values: ['availability-zone'] },
        ];
        const { AvailabilityZones: found = [] } = await client.send(
          new DescribeAvailabilityZonesCommand({ Filters: filters }),
        );
        return found.length;
      }),
  };
};
