import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { descriptorSet } from '@chat/protocol/grpc';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerOptions,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { createTypeRegistry } from '../src/codec/type-registry.ts';
import {
  createBridgeDoor,
  type BridgeDoor,
  type BridgeDoorOptions,
} from '../src/connection/bridge-door.ts';
import { createUpgradeHandler } from '../src/http/upgrade.ts';
import { silentLog } from '../src/ports/log.ts';
import type { BridgeMethod } from '../src/ports/router.ts';
import { createChannelPool, type ChannelPoolOptions } from '../src/upstream/channel-pool.ts';
import { createGrpcUpstream } from '../src/upstream/grpc-upstream.ts';

/** What a scenario does with a call; all kinds look like a duplex of bytes. */
export type TestHandler = (call: ServerDuplexStream<Buffer, Buffer>) => void;

const KINDS = ['Unary', 'ClientStream', 'ServerStream', 'Bidi'] as const;
export type Kind = (typeof KINDS)[number];

/** The four methods of the test service. Their types are any two of the descriptor set. */
export const METHODS: readonly BridgeMethod[] = KINDS.map((name) => ({
  path: `test.v1.Test/${name}`,
  requestStream: name === 'ClientStream' || name === 'Bidi',
  responseStream: name === 'ServerStream' || name === 'Bidi',
  requestType: 'chat.v1.SetTyping',
  responseType: 'chat.v1.SetTyping',
  maxFrameBytes: name === 'ClientStream' ? 131_072 : 65_536,
}));

function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** A grpc-js server whose every method runs the handler, in the shape of a bidirectional stream. */
export async function startTestService(
  handler: TestHandler,
  options: ServerOptions = {},
): Promise<{ readonly address: string; readonly server: Server }> {
  const server = new Server(options);
  const definition: ServiceDefinition = Object.fromEntries(
    KINDS.map((name) => [
      name,
      {
        path: `/test.v1.Test/${name}`,
        requestStream: true,
        responseStream: true,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    ]),
  );
  server.addService(definition, Object.fromEntries(KINDS.map((name) => [name, handler])));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${String(port)}`, server };
}

export interface TestGateway {
  readonly url: string;
  readonly door: BridgeDoor;
  close(): Promise<void>;
}

export const types = createTypeRegistry(descriptorSet());

/** A bridge on a real HTTP server in front of the addresses. */
export async function startTestGateway(
  addresses: readonly string[],
  options: Partial<BridgeDoorOptions> = {},
  poolOptions: Partial<ChannelPoolOptions> = {},
): Promise<TestGateway> {
  const pool = createChannelPool({
    addresses,
    maxCallsPerChannel: 100,
    maxChannelsPerAddress: 16,
    ...poolOptions,
  });
  const door = createBridgeDoor({
    types,
    openUpstream: createGrpcUpstream(pool),
    log: silentLog,
    methods: METHODS,
    ...options,
  });
  const http = createServer();
  http.on(
    'upgrade',
    createUpgradeHandler({
      routes: [
        {
          path: '/bridge',
          protocols: door.protocols,
          accept: ({ webSocket, request, protocol, remoteAddress }) => {
            const stream = request.socket;
            door.accept({ webSocket, stream, protocol, remoteAddress, origin: undefined });
          },
        },
      ],
      origins: new Set(),
      limits: undefined,
      peerOf: () => ({ address: '127.0.0.1', secure: false, host: 'localhost' }),
      nowMs: () => performance.now(),
      isDraining: () => false,
      onRefused: () => undefined,
    }),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  // Listening on TCP, so the address is an object.
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${String(port)}/bridge`,
    door,
    async close() {
      for (const connection of door.connections) connection.close(1012, 'test over');
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      pool.close();
    },
  };
}
