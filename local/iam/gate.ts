import { type Access, administrator, type Principal } from './principal.ts';
import type { ChunkChain, RequestHead } from './signature.ts';

/** Who sent a request. */
export interface Caller {
  readonly principal: Principal;
  /** Present when the request came with a role's key: then what its signature says of the body must hold too. */
  readonly chunks?: () => ChunkChain;
}

/** What the wires of the stand-ins ask of each request. */
export interface Gate {
  /** `payloadHash` is the SHA-256 in hex of the body, or what S3's header says instead. Throws `SignatureFault`. */
  identify(head: RequestHead, payloadHash: () => string): Caller;
  /** Throws `AccessDenied`. */
  check(principal: Principal, access: Access): void;
  allows(principal: Principal, access: Access): boolean;
}

/** For stand-ins without a template: nobody has a role, so everybody is the administrator. */
export const openGate: Gate = {
  identify: () => ({ principal: administrator }),
  check: () => undefined,
  allows: () => true,
};
