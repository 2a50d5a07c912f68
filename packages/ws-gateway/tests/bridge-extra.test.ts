import { afterEach, expect, test } from '@jest/globals';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { descriptorSet } from '@chat/protocol/grpc';
import {
  connectExtraUpstreams,
  createSharedRegistry,
  methodsOf,
  type ExtraUpstream,
} from '../src/bridge/extra-upstreams.ts';
import { silentLog } from '../src/ports/log.ts';
import { connectBridge } from './bridge-client.ts';
import { startTestGateway, type TestGateway } from './bridge-fixture.ts';

let gateway: TestGateway | undefined;
let upstreams: ExtraUpstream[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  for (const upstream of upstreams) upstream.close();
  for (const server of servers.splice(0)) server.forceShutdown();
});

const identity = (bytes: Buffer): Buffer => bytes;
const stream = (path: string) => ({
  path,
  requestStream: true as const,
  responseStream: true as const,
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
});

// A foreign service built from a copy of a file of ours: guest.v1.UserService.
const ours = fromBinary(FileDescriptorSetSchema, descriptorSet());
const files = ours.file.map((file) => {
  if (file.name !== 'chat/v1/media_service.proto') return file;
  return { ...file, name: 'guest/v1/files.proto', package: 'guest.v1' };
});

function answer(question: Buffer): Uint8Array {
  const reader = new BinaryReader(question);
  const [field] = reader.tag();
  const name = reader.string();
  const writer = new BinaryWriter();
  if (field === 7) {
    writer.tag(6, WireType.LengthDelimited).fork();
    for (const service of [
      'guest.v1.MediaService',
      'chat.v1.AuthService',
      'grpc.health.v1.Health',
    ]) {
      writer
        .tag(1, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.LengthDelimited)
        .string(service)
        .join();
    }
    return writer.join().finish();
  }
  const wanted = field === 4 ? 'guest/v1/files.proto' : name;
  const file = files.find((each) => each.name === wanted);
  if (file === undefined) return writer.tag(7, WireType.LengthDelimited).fork().join().finish();
  const bytes = toBinary(FileDescriptorProtoSchema, file);
  writer
    .tag(4, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.LengthDelimited)
    .bytes(bytes)
    .join();
  return writer.finish();
}

async function startForeign(version: string): Promise<string> {
  const server = new Server();
  servers.push(server);
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  server.addService(
    { Info: stream(path), Get: stream('/guest.v1.MediaService/GetMedia') },
    {
      Info(call: ServerDuplexStream<Buffer, Buffer>) {
        call.on('data', (question: Buffer) => call.write(Buffer.from(answer(question))));
        call.on('end', () => call.end());
      },
      Get(call: ServerDuplexStream<Buffer, Buffer>) {
        call.on('data', () => call.write(Buffer.from('0a040a026d31', 'hex')));
        call.on('end', () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return `127.0.0.1:${String(port)}`;
}

test.each(['v1', 'v1alpha'])(
  '[CALL7] [CALL10] a foreign server is learnt by reflection %s and called in JSON; our names stay ours',
  async (version) => {
    upstreams = await connectExtraUpstreams([await startForeign(version)], silentLog);
    const [upstream] = upstreams;
    if (upstream === undefined) throw new Error('not learnt');
    expect(upstream.services).toEqual(['guest.v1.MediaService']);
    const { types, usable } = createSharedRegistry(descriptorSet(), upstreams, silentLog);
    expect(usable).toEqual(upstreams);
    const methods = methodsOf(upstream, types);
    expect(
      methods.map(({ path, requestStream, responseStream }) => [
        path,
        requestStream,
        responseStream,
      ]),
    ).toEqual([
      ['guest.v1.MediaService/UploadMedia', true, false],
      ['guest.v1.MediaService/DownloadMedia', false, true],
      ['guest.v1.MediaService/GetMedia', false, false],
      ['guest.v1.MediaService/DeleteMedia', false, false],
    ]);
    gateway = await startTestGateway(['127.0.0.1:1'], {
      types,
      extra: [{ open: upstream.open, methods }],
    });
    const client = await connectBridge(gateway.url, 'json');
    const texts: string[] = [];
    client.socket.on('message', (data: Buffer) => texts.push(data.toString()));
    client.socket.removeAllListeners('message');
    const reply = new Promise<unknown>((resolve) =>
      client.socket.on('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
    );
    client.socket.send(
      '{"callId":1,"start":{"method":"guest.v1.MediaService/GetMedia"},"body":{"mediaId":"m1"},"end":true}',
    );
    expect(await reply).toMatchObject({ callId: 1, body: { media: { mediaId: 'm1' } } });
    client.close();
  },
);

test('[ERR2] a server that is not there, or says nothing, is left out', async () => {
  const server = new Server();
  servers.push(server);
  const port = await new Promise<number>((resolve) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) =>
      resolve(bound),
    );
  });
  upstreams = await connectExtraUpstreams(['127.0.0.1:1', `127.0.0.1:${String(port)}`], silentLog);
  expect(upstreams).toEqual([]);
});
