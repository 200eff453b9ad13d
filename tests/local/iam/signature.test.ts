import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createChunkChain,
  isSignedWith,
  parseAuthorization,
  type RequestHead,
  toSigningKey,
} from '#local/iam/signature.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const nothing = sha256('');
const host = ['Host', 'examplebucket.s3.amazonaws.com'];
const date = ['x-amz-date', '20130524T000000Z'];
const scope = '20130524/us-east-1/s3/aws4_request';

const authorization = (names: string, signature: string): string[] => [
  'Authorization',
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope},SignedHeaders=${names},Signature=${signature}`,
];
const isRight = (head: RequestHead, payloadHash: string, key = secret): boolean => {
  const parsed = parseAuthorization(head);
  return parsed !== undefined && isSignedWith(toSigningKey(key, parsed.scope), head, parsed, payloadHash);
};

/** "Examples: Signature calculations", and the presigned one of "Authenticating requests: using query parameters" (S3 API reference). */
const examples: readonly (readonly [string, RequestHead, string])[] = [
  [
    'GET object with a range',
    {
      method: 'GET',
      url: '/test.txt',
      headers: [
        ...host,
        ...authorization(
          'host;range;x-amz-content-sha256;x-amz-date',
          'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        ),
        ...['Range', 'bytes=0-9', 'x-amz-content-sha256', nothing, ...date],
      ],
    },
    nothing,
  ],
  [
    'PUT object with a key to encode',
    {
      method: 'PUT',
      url: '/test$file.text',
      headers: [
        ...host,
        ...authorization(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
        ...['Date', 'Fri, 24 May 2013 00:00:00 GMT', ...date, 'x-amz-storage-class', 'REDUCED_REDUNDANCY'],
        ...['x-amz-content-sha256', '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'],
      ],
    },
    '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
  ],
  [
    'GET bucket lifecycle, a query without a value',
    {
      method: 'GET',
      url: '/?lifecycle',
      headers: [
        ...host,
        ...authorization(
          'host;x-amz-content-sha256;x-amz-date',
          'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        ),
        ...[...date, 'x-amz-content-sha256', nothing],
      ],
    },
    nothing,
  ],
  [
    'GET bucket, a query to sort',
    {
      method: 'GET',
      url: '/?prefix=J&max-keys=2',
      headers: [
        ...host,
        ...authorization(
          'host;x-amz-content-sha256;x-amz-date',
          '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        ),
        ...[...date, 'x-amz-content-sha256', nothing],
      ],
    },
    nothing,
  ],
  [
    'presigned GET object',
    {
      method: 'GET',
      url: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F${scope.replaceAll('/', '%2F')}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      headers: host,
    },
    'UNSIGNED-PAYLOAD',
  ],
];

describe('Signature Version 4', () => {
  it.each(examples)("takes AWS's own example: %s", (_, head, payloadHash) => {
    expect(isRight(head, payloadHash)).toBe(true);
  });

  it.each(examples)('takes no other secret, method, path, header or body: %s', (_, head, payloadHash) => {
    expect(isRight(head, payloadHash, `${secret}x`)).toBe(false);
    expect(isRight(head, sha256('other'))).toBe(false);
    expect(isRight({ ...head, method: 'DELETE' }, payloadHash)).toBe(false);
    expect(isRight({ ...head, url: head.url.replace('/', '/x') }, payloadHash)).toBe(false);
    const elsewhere = head.headers.map((value) => (value === host[1] ? 'other.example' : value));
    expect(isRight({ ...head, headers: elsewhere }, payloadHash)).toBe(false);
  });

  it("takes the example of AWS's test suite for other services", () => {
    const head: RequestHead = {
      method: 'GET',
      url: '/',
      headers: [
        ...['Host', 'example.amazonaws.com', 'X-Amz-Date', '20150830T123600Z', 'Authorization'],
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
      ],
    };
    expect(isRight(head, nothing, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')).toBe(true);
  });
});

describe('signatures of chunks', () => {
  const seed = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    scope,
    signedHeaders: [],
    signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    time: '20130524T000000Z',
    token: undefined,
    expires: undefined,
  };
  const chunks = [
    [Buffer.alloc(65_536, 'a'), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [Buffer.alloc(1_024, 'a'), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [Buffer.alloc(0), 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ] as const;

  it("takes AWS's own example, chunk by chunk", () => {
    const chain = createChunkChain(toSigningKey(secret, scope), seed);
    expect(chunks.map(([bytes, signature]) => chain.takeChunk(signature, sha256(bytes)))).toEqual([true, true, true]);
  });

  it('takes no chunk that is another, or in another place', () => {
    const [first, second] = chunks;
    expect(createChunkChain(toSigningKey(secret, scope), seed).takeChunk(first[1], sha256('other'))).toBe(false);
    expect(createChunkChain(toSigningKey(secret, scope), seed).takeChunk(second[1], sha256(second[0]))).toBe(false);
  });
});
