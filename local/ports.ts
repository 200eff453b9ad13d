import { createServer } from 'node:net';
import { StartError } from './data-folder.ts';

/** The port if it is free on the loopback interface; for 0 any free one. Throws `StartError` that names the flag to use. */
export const findFreePort = (port: number, flag: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${error.code})`;
      reject(new StartError(`port ${port} ${reason}: stop what listens there, or name another port with ${flag}`));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
