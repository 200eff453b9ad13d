import type { DeployedStack } from '#aws/cloudformation.ts';
import type { DeploySettings } from './settings.ts';

export type { DeployedStack };

/** What is about to be deployed, and where. */
export interface Deployment {
  readonly settings: DeploySettings;
  readonly region: string;
  readonly account: string;
  readonly caller: string;
  /** The stack as it is now; undefined when there is none of that name. */
  readonly deployed: DeployedStack | undefined;
}

/** Parameters as they will be: what a stack has stays, unless it is given anew; what it keeps to itself has its default here. */
export const effectiveParameters = ({ settings, deployed }: Deployment): Readonly<Record<string, string>> => {
  const kept = Object.entries(deployed?.parameters ?? {}).filter(([, value]) => value !== '****');
  return { ...Object.fromEntries(kept), ...settings.parameters };
};
