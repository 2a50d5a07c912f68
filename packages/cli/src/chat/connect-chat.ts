import {
  type ChatClient,
  createAuth,
  createBridgeLink,
  createChatClient,
  createTokenSource,
  type Link,
  type Login,
} from '@chat/client';
import { createGrpcLink } from '@chat/client/grpc';
import { RoomClosedReason, RoomServiceDefinition } from '@chat/protocol';
import type { ChatOptions } from '../args/parse-args.ts';
import type { ServerAddress } from '../args/server-address.ts';
import type { ChatPort, ConnectionNews, EndOfChat } from './chat-port.ts';
import { CliError } from './cli-error.ts';
import { enterRoom } from './enter-room.ts';
import { createSdkRoom } from './sdk-room.ts';
import { asCliErrors } from './to-cli-error.ts';

/** Name for the server's log. */
const CLIENT_NAME = 'chat-cli';
/** A server that is there answers in much less; one that restarts is back by then. */
const CONNECT_TIMEOUT_MS = 8_000;
/** A goodbye that nobody answers is cut off. */
const LOGOUT_TIMEOUT_MS = 2_000;
/** Rooms shown by /rooms. */
const MAX_LISTED_ROOMS = 50;

/** Makes a guest, connects and resolves when the chat is live. Rejects with CliError. */
export async function connectChat(
  options: Pick<ChatOptions, 'name' | 'server'>,
  interrupted: AbortSignal,
  onNews: (news: ConnectionNews) => void,
): Promise<ChatPort> {
  const anonymous = openLink(options.server, () => Promise.resolve(''));
  const auth = createAuth({ link: anonymous, clientName: CLIENT_NAME });
  let client: ChatClient | undefined;
  const connect = async (): Promise<ChatPort> => {
    const login = await auth.createGuest(options.name);
    const getToken = createTokenSource({
      tokens: login.tokens,
      refresh: (refreshToken) => auth.refresh(refreshToken),
    });
    client = createChatClient({
      link: openLink(options.server, getToken),
      clientName: CLIENT_NAME,
    });
    client.start();
    await client.ready(CONNECT_TIMEOUT_MS);
    const logout = async (): Promise<void> => {
      const accessToken = await getToken({ refresh: false });
      if (accessToken !== undefined) await auth.logout(accessToken);
    };
    return toPort(client, login, onNews, logout, () => anonymous.close());
  };
  try {
    return await asCliErrors(() =>
      Promise.race([connect(), timeout(anonymous), abortion(interrupted)]),
    );
  } catch (error) {
    anonymous.close();
    void client?.stop();
    throw error;
  }
}

function openLink(
  server: ServerAddress,
  getToken: Parameters<typeof createGrpcLink>[0]['getToken'],
): Link {
  return server.kind === 'grpc'
    ? createGrpcLink({ address: server.address, getToken })
    : createBridgeLink({ url: server.url, getToken, clientName: CLIENT_NAME });
}

function toPort(
  client: ChatClient,
  login: Login,
  onNews: (news: ConnectionNews) => void,
  logout: () => Promise<void>,
  closeAnonymous: () => void,
): ChatPort {
  const ended = Promise.withResolvers<EndOfChat>();
  const entered = new Set<string>();
  let lost = false;
  let closing: Promise<void> | undefined;
  client.connection.subscribe(() => {
    // Logging out ends the stream; that is no news.
    if (closing !== undefined) return;
    const status = client.connection.getSnapshot();
    if (status.state === 'closed')
      ended.resolve({ reason: `the server ended the session: ${status.message || status.reason}` });
    if (!lost && (status.state === 'reconnecting' || status.state === 'waiting')) {
      lost = true;
      onNews({ kind: 'lost', reason: status.reason });
    }
    if (lost && status.state === 'online') {
      lost = false;
      onNews({ kind: 'restored' });
    }
  });
  client.onEvent((event) => {
    if (event.type !== 'roomClosed' || !entered.has(event.roomId)) return;
    const reason = closedText(event.reason);
    if (reason !== undefined) ended.resolve({ reason });
  });
  const close = async (): Promise<void> => {
    const bye = logout().catch(() => undefined); // The server ends a guest without sessions by itself, a little later.
    await Promise.race([
      bye,
      new Promise((resolve) => setTimeout(resolve, LOGOUT_TIMEOUT_MS).unref()),
    ]);
    await client.stop();
    closeAnonymous();
  };
  return {
    me: { id: login.user.userId, name: login.user.displayName },
    enter: (target, password) =>
      asCliErrors(async () => {
        const view = await enterRoom(client.rooms, target, password);
        entered.add(view.roomId);
        const room = createSdkRoom(client, view);
        return {
          ...room,
          leave: async () => {
            entered.delete(view.roomId);
            await room.leave();
          },
        };
      }),
    publicRooms: () =>
      asCliErrors(async () => {
        const { rooms } = await client
          .service(RoomServiceDefinition)
          .listPublicRooms({ limit: MAX_LISTED_ROOMS });
        return rooms.map(({ name, topic, memberCount, hasPassword }) => ({
          name,
          topic,
          memberCount,
          hasPassword,
        }));
      }),
    ended: ended.promise,
    close: () => (closing ??= close()),
  };
}

function closedText(reason: RoomClosedReason): string | undefined {
  switch (reason) {
    case RoomClosedReason.LEFT:
      return undefined;
    case RoomClosedReason.KICKED:
      return 'you were removed from the room';
    case RoomClosedReason.BANNED:
      return 'you were banned from the room';
    case RoomClosedReason.DELETED:
      return 'the room was deleted';
    default:
      return 'your place in the room has ended';
  }
}

async function timeout(link: Link): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, CONNECT_TIMEOUT_MS).unref());
  const status = link.status.getSnapshot();
  const why = 'reason' in status && status.reason !== '' ? `: ${status.reason}` : '';
  throw new CliError('unreachable', 'UNAVAILABLE', `the server does not answer${why}`);
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new CliError('unreachable', 'CANCELLED', 'interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
