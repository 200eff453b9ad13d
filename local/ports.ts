import { createServer } from 'node:net';
import { StartError } from './data-folder.ts';

const loopback = '127.0.0.1';

/** The port if it is free on the interface; for 0 any free one. Throws `StartError` that names the flag to use. */
export const findFreePort = (port: number, flag: string, host = loopback): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${error.code})`;
      const where = host === loopback ? '' : ` of ${host}`;
      reject(
        new StartError(`port ${port}${where} ${reason}: stop what listens there, or name another port with ${flag}`),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
