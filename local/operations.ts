import type { Spelling } from './iam/denial.ts';
import type { Access, Principal } from './iam/principal.ts';

/** What one AWS JSON operation does: the request's JSON body in, the response's JSON body out. Throws `AwsError`. */
export type Operation = (input: Readonly<Record<string, unknown>>, caller: Principal) => unknown | Promise<unknown>;

/** What a caller must be allowed before an operation runs ("Service Authorization Reference"). Throws `AwsError`. */
export type Needs = (input: Readonly<Record<string, unknown>>, caller: Principal) => readonly Access[];

/** The wire of one AWS JSON service: operation name → behaviour, and how that service spells its protocol. */
export interface JsonService {
  /** The part of `X-Amz-Target` before the dot, such as `Firehose_20150804`. */
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
  /** Firehose says `message`, Redshift Data `Message`. */
  readonly messageMember: 'message' | 'Message';
  /** How its denials are written; `plain` unless it says otherwise. */
  readonly spelling?: Spelling;
  readonly operations: Readonly<Record<string, Operation>>;
  /** By operation name. An operation that is not here is the administrator's alone: no role may call it. */
  readonly needs?: Readonly<Record<string, Needs>>;
}
