import type { Step } from './step.ts';

/** Host of the referrer as its source, without `www.`; a referrer of the page's own host is no touch. */
export const nameReferrer: Step = (_parts, _incoming, row) => {
  if (row.referrer_url === undefined) return undefined;
  const host = hostOf(row.referrer_url);
  if (host === undefined || (row.page_url !== undefined && host === hostOf(row.page_url))) return undefined;
  row.referrer_source = host;
  row.referrer_medium = 'referral';
  return undefined;
};

/** Lower-case host of an http(s) address, without `www.` and port; undefined for anything else or longer than DNS allows. */
const hostOf = (url: string): string | undefined => {
  const scheme = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : 0;
  if (scheme === 0) return undefined;
  let end = url.length;
  for (let at = scheme; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code === 0x2f || code === 0x3f || code === 0x23 || code === 0x3a) {
      end = at;
      break;
    }
  }
  const host = url.slice(scheme, end).toLowerCase();
  const bare = host.startsWith('www.') ? host.slice(4) : host;
  return bare === '' || bare.length > 253 ? undefined : bare;
};
