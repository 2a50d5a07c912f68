import { type ChatClient, createAuth, createChatClient, createTokenSource } from '@chat/client';

/** A guest with a live client, and the newest access token for reading past the client. */
export interface Guest {
  readonly name: string;
  readonly client: ChatClient;
  readonly accessToken: () => string;
}

/** Makes a guest and connects. The caller disposes of `client`. */
export async function connectGuest(bridgeUrl: string, name: string): Promise<Guest> {
  const auth = createAuth({ url: bridgeUrl, clientName: 'chat-tests' });
  let { tokens } = await auth.createGuest(name);
  const client = createChatClient({
    url: bridgeUrl,
    clientName: 'chat-tests',
    getToken: createTokenSource({
      tokens,
      refresh: (refreshToken) => auth.refresh(refreshToken),
      save: (next) => {
        tokens = next;
      },
    }),
  });
  client.start();
  await client.ready(10_000);
  return {
    name,
    client: {
      ...client,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        auth.close();
      },
    },
    accessToken: () => tokens.accessToken,
  };
}
