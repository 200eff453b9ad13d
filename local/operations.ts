/** What one AWS JSON operation does: the request's JSON body in, the response's JSON body out. Throws `AwsError`. */
export type Operation = (input: Readonly<Record<string, unknown>>) => unknown | Promise<unknown>;

/** The wire of one AWS JSON service: operation name → behaviour, and how that service spells its protocol. */
export interface JsonService {
  /** The part of `X-Amz-Target` before the dot, such as `Firehose_20150804`. */
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
  /** Firehose says `message`, Redshift Data `Message`. */
  readonly messageMember: 'message' | 'Message';
  readonly operations: Readonly<Record<string, Operation>>;
}
