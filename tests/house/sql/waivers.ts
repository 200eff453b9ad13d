/**
 * What a check of our SQL refuses and Redshift takes: the developer guide's page and its sentence say so. One that is no longer needed
 * fails the check.
 */
export interface Waiver {
  /** `function`: in neither list of words. `reserved`: a reserved word that stands as a name. `grammar`: sqlfluff cannot parse it. */
  readonly kind: 'function' | 'reserved' | 'grammar';
  /** The word, or for a grammar a part of the statement. */
  readonly what: string;
  readonly page: `https://docs.aws.amazon.com/redshift/latest/dg/${string}`;
  readonly sentence: string;
}

export const waivers: readonly Waiver[] = [];
