import { createServer, type RequestListener } from 'node:http';

/** A server on a free port of the loopback, for one test. */
export const listen = async (
  handle: RequestListener,
): Promise<{ readonly url: string; readonly close: () => void }> => {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, close: () => void server.close() };
};
