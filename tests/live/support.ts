import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import type { Row, Warehouse } from '#aws/redshift.ts';
import { type OpenStack, openStack } from '#cli/stack/open.ts';
import { warehouseOf } from '#cli/status/load-facts.ts';

const { stackName, isLaptop, whyNot } = inject('live');

/** Checks of a deployed stack; skipped, with the reason in the title, where none is named. */
export const describeLive = (title: string, body: () => void): void => {
  if (whyNot === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${whyNot})`, body);
};

/** What no stand-in answers: only AWS can be asked. */
export const describeAtAws = (title: string, body: () => void): void => {
  if (isLaptop) describe.skip(`${title} (skipped: AWS_ENDPOINT_URL is a laptop's)`, body);
  else describeLive(title, body);
};

export const openLive = (): Promise<OpenStack> => openStack(stackName, undefined);

/** Told apart from every other run's. */
export const runId = randomBytes(4).toString('hex');

const patienceMs = 300_000;

/** The warehouse as its administrator. */
export const openWarehouse = (stack: OpenStack) => {
  const warehouse: Warehouse = warehouseOf(stack);
  return {
    query: (sql: string): Promise<readonly Row[]> => warehouse.query(sql, Date.now() + patienceMs),
    /** How a statement ended: a refusal of Redshift's is an answer. */
    execute: (sql: string) => warehouse.execute(sql, Date.now() + patienceMs),
    transact: (statements: readonly string[]) =>
      warehouse.transact(statements, { name: 'millrace-check', deadline: Date.now() + patienceMs }),
  };
};
