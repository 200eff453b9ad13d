import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Caller } from './gate.ts';
import { administrator, type RoleSession } from './principal.ts';
import {
  type Authorization,
  accessKeyOf,
  createChunkChain,
  isSignedWith,
  parseAuthorization,
  parseTime,
  type RequestHead,
  toSigningKey,
  unsignedHeaders,
} from './signature.ts';
import { SignatureFault } from './signature-fault.ts';

/** What signs as one session of a role, as STS would give it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const unknownToken = 'The security token included in the request is invalid.';
const wrongSignature =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** Begins every key that a laptop makes, so that one of an earlier start is not taken for a person's own. */
const keyPrefix = 'ASIALAPTOP';
const keyLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** A request may be this much older or newer than the clock. */
const skewMs = 15 * 60_000;

interface Known {
  readonly session: RoleSession;
  readonly credentials: Credentials;
  readonly keyOf: (scope: string) => Buffer;
}

/** A function speaks to few services, so that the signing keys of a day are few; those of the day before are forgotten. */
const rememberKey = (secret: string): ((scope: string) => Buffer) => {
  const keys = new Map<string, Buffer>();
  return (scope) => {
    const known = keys.get(scope) ?? toSigningKey(secret, scope);
    if (!keys.has(scope) && keys.size >= 16) keys.clear();
    keys.set(scope, known);
    return known;
  };
};

/** Keys of sessions, made anew at every start, and who signed a request. A key that no session has is the administrator's. */
export const createSessions = ({ clock, random }: { readonly clock: Clock; readonly random: Random }) => {
  const byKey = new Map<string, Known>();
  const bySession = new Map<string, Credentials>();

  const make = (session: RoleSession): Credentials => {
    const letters = [...random.bytes(20 - keyPrefix.length)].map((byte) => keyLetters[byte % keyLetters.length]);
    const credentials = {
      accessKeyId: keyPrefix + letters.join(''),
      secretAccessKey: random.bytes(30).toString('base64'),
      sessionToken: random.bytes(96).toString('base64'),
    };
    byKey.set(credentials.accessKeyId, { session, credentials, keyOf: rememberKey(credentials.secretAccessKey) });
    bySession.set(session.name, credentials);
    return credentials;
  };

  const checkTime = ({ time, expires }: Authorization): void => {
    const age = clock.now() - parseTime(time);
    if (expires !== undefined && !(age <= expires * 1000)) throw new SignatureFault('expired', 'Request has expired');
    if (!(age >= -skewMs) || (expires === undefined && !(age <= skewMs)))
      throw new SignatureFault('time', `Signature expired: ${time} is more than 15 minutes from the current time`);
  };

  return {
    credentialsOf: (session: RoleSession): Credentials => bySession.get(session.name) ?? make(session),
    identify: (head: RequestHead, payloadHash: () => string): Caller => {
      const key = accessKeyOf(head);
      const known = key === undefined ? undefined : byKey.get(key);
      if (known === undefined) {
        if (key?.startsWith(keyPrefix) === true) throw new SignatureFault('key', unknownToken);
        return { principal: administrator };
      }
      const authorization = parseAuthorization(head);
      if (authorization === undefined)
        throw new SignatureFault('incomplete', 'Authorization is no whole signature of version 4.');
      if (authorization.token !== known.credentials.sessionToken) throw new SignatureFault('token', unknownToken);
      const [unsigned] = unsignedHeaders(head, authorization);
      if (unsigned !== undefined)
        throw new SignatureFault(
          'incomplete',
          `There were headers present in the request which were not signed: ${unsigned}`,
        );
      const signingKey = known.keyOf(authorization.scope);
      if (!isSignedWith(signingKey, head, authorization, payloadHash()))
        throw new SignatureFault('signature', wrongSignature);
      checkTime(authorization);
      return { principal: known.session, chunks: () => createChunkChain(signingKey, authorization) };
    },
  };
};
