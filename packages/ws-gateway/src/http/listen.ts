import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Tried when `port` is taken; undefined = the port was chosen by somebody and no other will do. */
  readonly fallbackPort: number | undefined;
}

/** The address that the server got. */
export interface ListenResult {
  readonly port: number;
  /** True when the fallback was taken. */
  readonly fellBack: boolean;
}

/** The port could not be taken; the message is one line for people. */
export class ListenError extends Error {
  constructor(host: string, port: number, cause: unknown) {
    const inUse = codeOf(cause) === 'EADDRINUSE';
    const why = inUse ? 'it is in use by another program' : (codeOf(cause) ?? 'unknown reason');
    super(`cannot listen on ${host}:${port}: ${why}`, { cause });
    this.name = 'ListenError';
  }
}

/** Begins to listen; only a taken port leads to the fallback. Rejects with ListenError. */
export async function listen(server: Server, options: ListenOptions): Promise<ListenResult> {
  const { host, port, fallbackPort } = options;
  try {
    return { port: await listenOnce(server, host, port), fellBack: false };
  } catch (error) {
    if (fallbackPort === undefined || codeOf(error) !== 'EADDRINUSE') {
      throw new ListenError(host, port, error);
    }
  }
  try {
    return { port: await listenOnce(server, host, fallbackPort), fellBack: true };
  } catch (error) {
    throw new ListenError(host, fallbackPort, error);
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // An address of a TCP server that listens is never a pipe name or null.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function codeOf(error: unknown): string | undefined {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
}
