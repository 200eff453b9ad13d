import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A member of a structure, or of a list or map: which shape, and where on the wire (botocore's own words). */
export interface Ref {
  readonly shape: string;
  readonly resultWrapper?: string;
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode';
  readonly locationName?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly timestampFormat?: string;
}

export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Ref>>;
  readonly required?: readonly string[];
  readonly member?: Ref;
  readonly key?: Ref;
  readonly value?: Ref;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly flattened?: boolean;
  readonly payload?: string;
  readonly locationName?: string;
  readonly timestampFormat?: string;
  readonly fault?: boolean;
  readonly error?: { readonly httpStatusCode?: number; readonly code?: string };
}

export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: Ref;
  readonly output?: Ref;
  readonly errors?: readonly Ref[];
  readonly httpChecksum?: { readonly requestAlgorithmMember?: string };
}

/** One service as AWS describes it: botocore's `service-2.json`. */
export interface Model {
  readonly service: ServiceName;
  readonly metadata: {
    readonly protocol: string;
    readonly apiVersion: string;
    readonly xmlNamespace?: string;
    readonly jsonVersion?: string;
    readonly targetPrefix?: string;
    readonly endpointPrefix: string;
    readonly signingName?: string;
    readonly awsQueryCompatible?: object;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Services by the folder that botocore keeps them in, and by the protocol that they speak; S3 speaks REST and XML. */
export const jsonServices = [
  'cloudwatch',
  'firehose',
  'redshift-data',
  'redshift-serverless',
  'secretsmanager',
  'sqs',
] as const;
export const queryServices = ['cloudformation', 'iam', 'sts'] as const;
export type ServiceName = (typeof jsonServices)[number] | (typeof queryServices)[number] | 's3';
export type Models = (service: ServiceName) => Model;

export const shapeOf = (model: Model, name: string): Shape => {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`the model has no shape ${name}`);
  return shape;
};

/** A model for what AWS answers: there a list may be empty, whatever its shape says of one in a request. */
export const ofAnswers = (model: Model): Model => {
  const shapes = Object.entries(model.shapes).map(([name, shape]) => {
    const { min, ...rest } = shape;
    return [name, shape.type === 'list' ? rest : shape] as const;
  });
  return { ...model, shapes: Object.fromEntries(shapes) };
};

/** Older models lack what the SDK already sends (Redshift Data's WaitTimeSeconds). */
export const oldestBotocore = [1, 43, 127];

/** Folder of botocore's models: $BOTOCORE_DATA, else that of the botocore which python3 imports, if it is new enough. */
const dataFolder = (): string | undefined => {
  const given = process.env.BOTOCORE_DATA;
  if (given !== undefined) return given;
  const script = 'import botocore, os; print(botocore.__version__, os.path.dirname(botocore.__file__))';
  const { status, stdout } = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
  const [version = '', folder] = stdout.trim().split(' ');
  return status === 0 && folder !== undefined && isNewEnough(version) ? join(folder, 'data') : undefined;
};

const isNewEnough = (version: string): boolean => {
  const parts = version.split('.').map(Number);
  const at = oldestBotocore.findIndex((number, place) => number !== parts[place]);
  return at < 0 || (parts[at] ?? 0) > (oldestBotocore[at] ?? 0);
};

/** The models of AWS's services; undefined where botocore is not installed. */
export const readModels = (folder = dataFolder()): Models | undefined => {
  if (folder === undefined) return undefined;
  const models = new Map<ServiceName, Model>();
  return (service) => {
    const model = models.get(service) ?? readModel(folder, service);
    models.set(service, model);
    return model;
  };
};

const readModel = (folder: string, service: ServiceName): Model => {
  const version = readdirSync(join(folder, service)).sort().at(-1) ?? '';
  const file = join(folder, service, version, 'service-2.json');
  return parseModel(service, existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`)));
};

const parseModel = (service: ServiceName, bytes: Buffer): Model => ({
  ...(JSON.parse(bytes.toString('utf8')) as Omit<Model, 'service'>),
  service,
});
