import {
  type ChatServer,
  createServer,
  defaultServerConfig,
  type ServerConfig,
  type ServerOverrides,
} from '@chat/grpc-server';
import { createGateway, type Gateway, type GatewayConfig, gatewayConfig } from '@chat/ws-gateway';

/** What a test changes of the whole system. */
export interface StartChatOptions {
  /** Changes of the server's settings; the store is in memory unless they say otherwise. */
  readonly server?: Partial<ServerConfig>;
  readonly serverOverrides?: ServerOverrides;
  readonly gateway?: Partial<GatewayConfig>;
}

/** The whole system inside this process, on free ports of the loopback. */
export interface RunningChat extends AsyncDisposable {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly bridgeUrl: string;
  readonly server: () => ChatServer;
  readonly gateway: () => Gateway;
  /** Ends the server and starts it again on the same store folder and port. Needs a store on disk. */
  restartServer(): Promise<void>;
  /** Cuts every socket and starts a gateway again on the same port. */
  restartGateway(): Promise<void>;
}

/** Starts server and gateway: `await using chat = await startChat()`. */
export async function startChat(options: StartChatOptions = {}): Promise<RunningChat> {
  const serverAt = (port: number): Promise<ChatServer> =>
    createServer(
      {
        ...defaultServerConfig(),
        store: 'memory',
        metricsListen: '',
        logLevel: 'silent',
        ...options.server,
        grpcListen: `127.0.0.1:${port}`,
      },
      options.serverOverrides,
    );
  const gatewayAt = (port: number, grpcAddress: string): Promise<Gateway> =>
    createGateway(
      gatewayConfig({
        ...options.gateway,
        wsHost: '127.0.0.1',
        wsPort: port,
        grpcAddr: [grpcAddress],
      }),
    );

  let server = await serverAt(0);
  const grpcAddress = server.address;
  let gateway = await gatewayAt(0, grpcAddress).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const { port } = gateway;
  return {
    grpcAddress,
    httpUrl: `http://127.0.0.1:${port}`,
    bridgeUrl: `ws://127.0.0.1:${port}/bridge`,
    server: () => server,
    gateway: () => gateway,
    async restartServer() {
      const serverPort = server.port;
      await server.close();
      server = await serverAt(serverPort);
    },
    async restartGateway() {
      await gateway.close();
      gateway = await gatewayAt(port, grpcAddress);
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await server.close();
    },
  };
}
