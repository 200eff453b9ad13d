/** The write key that a request brings, from `X-Write-Key` or the user name of Basic authentication; undefined without one. */
export const writeKeyOf = (headers: Readonly<Record<string, string | undefined>>): string | undefined => {
  const header = headers['x-write-key'];
  if (header !== undefined && header !== '') return header;
  const basic = /^basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const user = decodeBase64(basic).split(':', 1)[0];
  return user === '' ? undefined : user;
};

const decodeBase64 = (text: string): string => {
  try {
    return atob(text);
  } catch {
    return '';
  }
};
