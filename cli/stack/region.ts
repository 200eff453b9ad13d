/** AWS_DEFAULT_REGION is what the SAM and AWS CLIs read; the JavaScript SDK does not. undefined: the profile may say one. */
export const regionOf = (given: string | undefined): string | undefined =>
  [given, process.env.AWS_REGION, process.env.AWS_DEFAULT_REGION].find((region) => (region ?? '') !== '');
