import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '#tests/loopback.ts';

export const account = '123456789012';

/** An account as a deployment finds it; each member is changed by tests. */
export interface FakeAccount {
  /** AWS's name of a refusal, in place of every answer of this service. */
  refuses: Partial<Record<'sts' | 'cloudformation' | 's3' | 'ec2' | 'redshift-serverless', string>>;
  /** undefined: no stack of any name. */
  stack:
    | {
        readonly status: string;
        readonly outputs: Readonly<Record<string, string>>;
        readonly parameters?: Readonly<Record<string, string>>;
      }
    | undefined;
  /** Status of HeadBucket, and the region that it names. */
  bucket: { readonly status: number; readonly region?: string };
  namespaces: readonly string[];
  workgroups: readonly string[];
  vpcs: number;
  zones: number;
  /** Failed resources of the latest operation, newest first. */
  events: readonly { readonly resource: string; readonly status: string; readonly reason: string }[];
}

export interface FakeAws {
  readonly url: string;
  readonly fake: FakeAccount;
  /** The owner that each HeadBucket expected. */
  readonly owners: readonly unknown[];
  close(): void;
}

const queryVersions = { sts: '2011-06-15', cloudformation: '2010-05-15', ec2: '2016-11-15' } as const;

const many = (count: number, element: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => element(at)).join('');

const answers: Readonly<Record<string, (fake: FakeAccount) => string | undefined>> = {
  GetCallerIdentity: () =>
    `<GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/me</Arn><UserId>AIDA</UserId><Account>${account}</Account></GetCallerIdentityResult>`,
  DescribeStacks: ({ stack }) => {
    if (stack === undefined) return undefined;
    const outputs = Object.entries(stack.outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const parameters = Object.entries(stack.parameters ?? {}).map(
      ([key, value]) => `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
    );
    return `<DescribeStacksResult><Stacks><member><StackId>arn:stack</StackId><StackName>s</StackName><CreationTime>2026-11-23T00:00:00Z</CreationTime><StackStatus>${stack.status}</StackStatus><Parameters>${parameters.join('')}</Parameters><Outputs>${outputs.join('')}</Outputs></member></Stacks></DescribeStacksResult>`;
  },
  DescribeStackEvents: ({ events }) => {
    const members = events.map(
      ({ resource, status, reason }) =>
        `<member><StackId>arn:stack</StackId><EventId>e</EventId><StackName>s</StackName><LogicalResourceId>${resource}</LogicalResourceId><PhysicalResourceId>${resource === 's' ? 'arn:stack' : ''}</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason><Timestamp>2026-11-23T00:00:00Z</Timestamp></member>`,
    );
    return `<DescribeStackEventsResult><StackEvents>${members.join('')}</StackEvents></DescribeStackEventsResult>`;
  },
  DescribeVpcs: ({ vpcs }) => `<vpcSet>${many(vpcs, (at) => `<item><vpcId>vpc-${at}</vpcId></item>`)}</vpcSet>`,
  DescribeAvailabilityZones: ({ zones }) =>
    `<availabilityZoneInfo>${many(zones, (at) => `<item><zoneName>z${at}</zoneName></item>`)}</availabilityZoneInfo>`,
};

const xml = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
};

const answerForm = (fake: FakeAccount, form: URLSearchParams, response: ServerResponse): void => {
  const action = form.get('Action') ?? '';
  const service = (['sts', 'cloudformation', 'ec2'] as const).find(
    (each) => queryVersions[each] === form.get('Version'),
  );
  const body = answers[action]?.(fake);
  const missing = ['ValidationError', `Stack with id ${form.get('StackName')} does not exist`] as const;
  const refusal = service === undefined ? 'InvalidAction' : fake.refuses[service];
  const [code, message] = refusal === undefined ? missing : [refusal, `${action} is refused`];
  if (refusal === undefined && body !== undefined) {
    xml(response, 200, `<${action}Response>${body}<requestId>r</requestId></${action}Response>`);
    return;
  }
  const error = `<Code>${code}</Code><Message>${message}</Message>`;
  xml(
    response,
    code === 'AccessDenied' ? 403 : 400,
    service === 'ec2'
      ? `<Response><Errors><Error>${error}</Error></Errors><RequestID>r</RequestID></Response>`
      : `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>r</RequestId></ErrorResponse>`,
  );
};

const answerRedshift = (fake: FakeAccount, target: string, input: unknown, response: ServerResponse): void => {
  const name = Object.values(typeof input === 'object' && input !== null ? input : {})[0];
  const known = target.endsWith('Namespace') ? fake.namespaces : fake.workgroups;
  const refusal =
    fake.refuses['redshift-serverless'] ?? (known.includes(String(name)) ? undefined : 'ResourceNotFoundException');
  response.writeHead(refusal === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(refusal === undefined ? {} : { __type: refusal, message: 'no' }));
};

/** STS, CloudFormation, S3, EC2 and Redshift Serverless on one port, as far as a deployment asks them. */
export const startFakeAws = async (): Promise<FakeAws> => {
  const fake: FakeAccount = {
    refuses: {},
    stack: undefined,
    bucket: { status: 404 },
    namespaces: [],
    workgroups: [],
    vpcs: 1,
    zones: 6,
    events: [],
  };
  const owners: unknown[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return answerRedshift(fake, target, JSON.parse(body), response);
    if (request.method === 'POST') return answerForm(fake, new URLSearchParams(body), response);
    owners.push(request.headers['x-amz-expected-bucket-owner']);
    const { status, region } = fake.bucket;
    response.writeHead(
      fake.refuses.s3 === undefined ? status : 500,
      region === undefined ? {} : { 'x-amz-bucket-region': region },
    );
    response.end();
  };
  const { url, close } = await listen((request, response) => void handle(request, response));
  return { url, close, fake, owners };
};
