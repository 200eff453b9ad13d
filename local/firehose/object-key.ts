/** Version of the stream's configuration: 1 until UpdateDestination, which the stand-in does not have. */
export const STREAM_VERSION = 1;

/**
 * `<stream>-<version>-<yyyy>-<MM>-<dd>-<HH>-<mm>-<ss>-<uuid><extension>` in UTC, behind the prefix
 * ("Amazon S3 object name format", Firehose developer guide).
 */
export const objectName = (stream: string, at: number, uuid: string, extension: string): string => {
  const time = new Date(at).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return `${stream}-${STREAM_VERSION}-${time}-${uuid}${extension}`;
};
