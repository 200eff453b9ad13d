/** What the laptop gives as the template's parameters; everything else keeps its default. */
export const laptopStackName = 'millrace-local';

export type Freshness = 'realtime' | 'standard' | 'economy';

/** The key that every example uses; the laptop listens on loopback only. */
export const laptopWriteKey = 'local-write-key';

export const laptopParameters = (freshness: Freshness): Readonly<Record<string, string>> => ({
  DataLocation: 'millrace-lake-local',
  Freshness: freshness,
  WriteKey: laptopWriteKey,
  WarehouseName: 'millrace',
});
