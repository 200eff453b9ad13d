import type { Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';

type Variables = Readonly<Record<string, string>>;

/**
 * The functions' environment on the laptop as `sam local invoke --env-vars` reads it (AWS SAM developer guide, "Environment
 * variable file"): `Parameters` for all functions, then each by its logical id. The SAM CLI passes on only names that the
 * template gives the function, and works out few of their values itself.
 */
export const toEnvVars = (stack: Stack, awsUrl: string): Readonly<Record<string, Variables>> => ({
  Parameters: { AWS_ENDPOINT_URL: awsUrl },
  ...Object.fromEntries(
    stack.ofType('AWS::Serverless::Function').map(({ logicalId, properties: { Environment: environment } }) => {
      const variables = isRecord(environment) && isRecord(environment.Variables) ? environment.Variables : {};
      return [logicalId, Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))];
    }),
  ),
});
