import { expect, test } from '@jest/globals';
import type { Server } from '@grpc/grpc-js';
import {
  createGrpcClient,
  type Handlers,
  implementRawService,
  implementService,
} from '../src/grpc.ts';
import {
  ChatServiceDefinition,
  type ChatResponse,
  MediaServiceDefinition,
  AuthServiceDefinition,
  UploadMediaResponse,
} from '../src/index.ts';

// Never called: the compiler is the test.
export async function clientTypes(): Promise<void> {
  const auth = createGrpcClient(AuthServiceDefinition, 'nowhere');
  const response = await auth.createGuest({ displayName: 'Ann' });
  const name: string | undefined = response.user?.displayName;
  // @ts-expect-error a field of another type
  await auth.createGuest({ displayName: 1 });
  // @ts-expect-error a field that does not exist
  await auth.createGuest({ nickname: name });
  // @ts-expect-error a method that does not exist
  await auth.createUser({});
  // @ts-expect-error a response is not a string
  const wrong: string = response;
  // @ts-expect-error a stream takes no request at its start
  createGrpcClient(ChatServiceDefinition, 'nowhere').chat({ requestId: 1 });
  const chat = createGrpcClient(ChatServiceDefinition, 'nowhere').chat();
  chat.on('data', (event: ChatResponse) => event.event);
  // @ts-expect-error a message of another stream
  chat.write({ part: undefined });
  const upload = createGrpcClient(MediaServiceDefinition, 'nowhere').uploadMedia();
  const media: UploadMediaResponse = await upload.response;
  // @ts-expect-error an upload is not awaited as a whole
  await createGrpcClient(MediaServiceDefinition, 'nowhere').uploadMedia().media;
  void [wrong, media];
}

export function serverTypes(server: Server): void {
  implementService(server, ChatServiceDefinition, {
    chat: async (requests, writer) => {
      for await (const request of requests) {
        const id: number = request.requestId;
        writer.write({ event: { $case: 'done', value: { requestId: id, result: undefined } } });
        // @ts-expect-error a request is not a response
        writer.write(request);
      }
    },
  });
  // @ts-expect-error every method is named, served or not
  implementService(server, ChatServiceDefinition, {});
  implementService(server, ChatServiceDefinition, {
    // @ts-expect-error a handler of another kind
    chat: async (request: ChatResponse) => request,
  });
  const media: Pick<Handlers<typeof MediaServiceDefinition>, 'uploadMedia' | 'getMedia'> = {
    uploadMedia: async (requests) => {
      for await (const { part } of requests) if (part?.$case === 'chunk') part.value.fill(0);
      return UploadMediaResponse.fromPartial({});
    },
    // @ts-expect-error a unary method gives its response
    getMedia: async ({ mediaId }) => mediaId,
  };
  implementRawService(server, ChatServiceDefinition, {
    chat: async (requests, writer) => {
      for await (const bytes of requests) writer.write(bytes.subarray(1));
      // @ts-expect-error bytes only
      writer.write({ event: undefined });
    },
  });
  void media;
}

test('the types of clients and services are checked by the compiler', () => {
  expect([clientTypes, serverTypes]).toHaveLength(2);
});
