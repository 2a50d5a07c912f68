import { type Child, startChild } from './child.ts';
import { entryArgv } from './entry.ts';

/** Where a system of separate processes keeps its data and listens. Port 0 picks a free one. */
export interface ProcessesOptions {
  readonly dataDir: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  /** More settings for both, by their environment names. */
  readonly env: Readonly<Record<string, string>>;
}

/** Server and gateway as processes of their own, that tests can kill and start again at the same addresses. */
export interface ChatProcesses {
  readonly server: () => Child;
  readonly gateway: () => Child;
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly bridgeUrl: string;
  /** kill -9, then a fresh process at the same address. Resolves when it is ready. */
  killAndRestart(which: 'server' | 'gateway'): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A start on a busy machine, TypeScript stripped on the fly, takes a few seconds at most. */
const READY_TIMEOUT_MS = 30_000;

/** Starts a server and a gateway as child processes. */
export async function startProcesses(options: ProcessesOptions): Promise<ChatProcesses> {
  let server = await startServerProcess(options, options.grpcPort);
  const grpcPort = portOf(server.doors['grpc']);
  const grpcAddress = `127.0.0.1:${grpcPort}`;
  let gateway = await startGatewayProcess(options, grpcAddress, options.httpPort).catch(
    async (error: unknown) => {
      await server.kill();
      throw error;
    },
  );
  const httpPort = portOf(gateway.doors['http']);
  return {
    server: () => server,
    gateway: () => gateway,
    grpcAddress,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    bridgeUrl: `ws://127.0.0.1:${httpPort}/bridge`,
    async killAndRestart(which) {
      if (which === 'server') {
        await server.kill();
        server = await startServerProcess(options, grpcPort);
      } else {
        await gateway.kill();
        gateway = await startGatewayProcess(options, grpcAddress, httpPort);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([gateway.kill(), server.kill()]);
    },
  };
}

function startServerProcess({ dataDir, env }: ProcessesOptions, port: number): Promise<Child> {
  return startChild({
    name: 'grpc-server',
    argv: entryArgv('@chat/grpc-server'),
    env: {
      CHAT_METRICS_LISTEN: '',
      CHAT_LOG_FORMAT: 'json',
      ...env,
      CHAT_DATA_DIR: dataDir,
      CHAT_GRPC_LISTEN: `127.0.0.1:${port}`,
    },
    output: 'capture',
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

function startGatewayProcess(
  { env }: ProcessesOptions,
  grpcAddress: string,
  port: number,
): Promise<Child> {
  return startChild({
    name: 'ws-gateway',
    argv: entryArgv('@chat/ws-gateway'),
    env: {
      CHAT_LOG_FORMAT: 'json',
      ...env,
      CHAT_GRPC_ADDR: grpcAddress,
      CHAT_WS_PORT: String(port),
    },
    output: 'capture',
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

function portOf(door: string | undefined): number {
  const port = Number(door?.slice(door.lastIndexOf(':') + 1));
  if (!Number.isInteger(port))
    throw new Error(`the process reported no usable door: ${door ?? 'none'}`);
  return port;
}
