import { createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { DapSession } from '../dap-session';
import { UsageError } from './usage';

/** `key31 dap`: serves the Debug Adapter Protocol until the client goes, or for as long as the process lives. */
export function serveDap(words: readonly string[]): void {
  const port = portOf(words);
  if (port === undefined) {
    // Whoever writes to standard output by mistake would break the protocol.
    new DapSession().start(process.stdin, process.stdout);
    return;
  }
  const server = createServer(serveSocket);
  server.on('error', (error) => {
    process.stderr.write(`key31: port ${port} cannot be used: ${error.message}\n`);
    process.exitCode = 2;
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) process.stderr.write(`Listening on 127.0.0.1:${address.port}\n`);
  });
}

function serveSocket(socket: Socket): void {
  const session = new DapSession();
  session.setRunAsServer(true);
  session.start(socket, socket);
}

function portOf(words: readonly string[]): number | undefined {
  const { values } = parseArgs({ args: [...words], options: { port: { type: 'string' } } });
  if (values.port === undefined) return undefined;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port <= 65535)) throw new UsageError(`--port must be a number from 0 to 65535, not "${values.port}".`);
  return port;
}
