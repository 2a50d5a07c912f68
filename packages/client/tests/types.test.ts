import { expect, test } from '@jest/globals';
import type {
  AuthServiceDefinition,
  ChatResponse,
  ChatServiceDefinition,
  CreateGuestResponse,
  DownloadMediaResponse,
  MediaServiceDefinition,
  UploadMediaResponse,
} from '@chat/protocol';
import type { MethodClient, ServiceClient } from '../src/calls/service-client.ts';

// The two functions are alike only when A and B are: the parameter is what makes it exact.
type Equal<A, B> =
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const assertType = <T extends true>(): T | undefined => undefined;

type Auth = ServiceClient<typeof AuthServiceDefinition>;
type Media = ServiceClient<typeof MediaServiceDefinition>;
type Chat = ServiceClient<typeof ChatServiceDefinition>;

// Compiled, never called: `pnpm typecheck` is the test.
async function contracts(auth: Auth, media: Media, chat: Chat): Promise<void> {
  const guest = await auth.createGuest({ displayName: 'Ana' });
  assertType<Equal<typeof guest, CreateGuestResponse>>();
  await auth.createGuest({});
  // @ts-expect-error a field of another type
  await auth.createGuest({ displayName: 1 });
  // @ts-expect-error no such method
  await auth.createGhost({});
  // @ts-expect-error a unary answer cannot be iterated
  auth.createGuest({})[Symbol.asyncIterator]();

  for await (const piece of media.downloadMedia({ mediaId: 'm' })) {
    assertType<Equal<typeof piece, DownloadMediaResponse>>();
  }
  async function* chunks() {
    yield { part: { $case: 'chunk', value: new Uint8Array(1) } } as const;
  }
  const stored = await media.uploadMedia(chunks());
  assertType<Equal<typeof stored, UploadMediaResponse>>();
  // @ts-expect-error a request stream is an async iterable
  await media.uploadMedia({ part: undefined });

  async function* commands() {
    yield { requestId: 1 };
  }
  for await (const event of chat.chat(commands(), { timeoutMs: 1, metadata: [] })) {
    assertType<Equal<typeof event, ChatResponse>>();
  }
  // @ts-expect-error time is given as a number of milliseconds
  chat.chat(commands(), { timeoutMs: '1s' });
  // @ts-expect-error headers are a list of names and values
  chat.chat(commands(), { metadata: { a: 'b' } });
}

test('the four kinds of call have four types', () => {
  assertType<
    Equal<
      ReturnType<
        MethodClient<(typeof AuthServiceDefinition)['methods']['login']>
      > extends Promise<unknown>
        ? true
        : false,
      true
    >
  >();
  expect(contracts).toBeInstanceOf(Function);
});
