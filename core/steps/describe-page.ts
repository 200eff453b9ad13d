import type { EventRow } from '../incoming.ts';
import { isObject } from '../json.ts';
import { type Rejection, reject } from '../outcome.ts';
import type { Step } from './step.ts';

/** Members of `context.page` and `context.campaign`, as Segment names them, and the column of each. */
export const pageColumns = {
  url: 'page_url',
  path: 'page_path',
  title: 'page_title',
  referrer: 'referrer_url',
} as const;
export const campaignColumns = {
  source: 'campaign_source',
  medium: 'campaign_medium',
  name: 'campaign_name',
  term: 'campaign_term',
  content: 'campaign_content',
} as const;

type TextColumn =
  | (typeof pageColumns)[keyof typeof pageColumns]
  | (typeof campaignColumns)[keyof typeof campaignColumns];

const pageMembers = Object.entries(pageColumns);
const campaignMembers = Object.entries(campaignColumns);

/** Page, referrer and campaign from the event's context. */
export const describePage: Step = ({ context }, _incoming, row) =>
  readGroup(context.page, 'context.page', pageMembers, row) ??
  readGroup(context.campaign, 'context.campaign', campaignMembers, row);

const readGroup = (
  group: unknown,
  path: string,
  columns: readonly (readonly [string, TextColumn])[],
  row: EventRow,
): Rejection | undefined => {
  if (group === undefined || group === null) return undefined;
  if (!isObject(group)) return reject('invalid_field', path, `${path} is of type ${typeof group}, wanted an object`);
  for (const [member, column] of columns) {
    const value = group[member];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string')
      return reject('invalid_field', `${path}.${member}`, `${path}.${member} is of type ${typeof value}, wanted text`);
    row[column] = value;
  }
  return undefined;
};
