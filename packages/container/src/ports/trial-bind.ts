import { once } from 'node:events';
import { createServer } from 'node:net';

/** What a trial tells of a port: `refused` with the system's own word, which is not about who has it. */
export type Trial = 'free' | 'busy' | { readonly refused: NodeJS.ErrnoException };

/** Listens on a port for a moment, as the hypervisor will. */
export async function tryPort(port: number, address: string): Promise<Trial> {
  const server = createServer();
  try {
    server.listen({ port, host: address, exclusive: true });
    await once(server, 'listening');
    return 'free';
  } catch (error) {
    const refused = error as NodeJS.ErrnoException;
    return refused.code === 'EADDRINUSE' ? 'busy' : { refused };
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
