import { type ChatClient, ChatClientError, createChatClient } from '@chat/client';
import type { User } from '@chat/protocol';
import { watchIdle } from '../browser/idle.ts';
import { forgetAll } from '../browser/remembered.ts';
import { BackendError, type BackendEvent, type ChatBackend } from '../store/backend.ts';
import { createAccessToken } from './access-token.ts';
import { type AnonymousCalls, createAnonymousCalls } from './anonymous-calls.ts';
import { CLIENT_NAME } from './client-name.ts';
import { createLiveView } from './live-view.ts';
import type { Login } from './login.ts';
import { createMessagePort } from './message-port.ts';
import { createIdbOutbox, forgetOutbox } from './outbox-idb.ts';
import { createRoomPort } from './room-port.ts';
import { createSessionCalls } from './session-calls.ts';
import { toMe } from './to-view.ts';
import { wakeOnReturn } from './wake-on-return.ts';
import { createWebSession } from './web-session.ts';

/** The running part of a login. */
type Running = { readonly client: ChatClient; readonly userId: string; readonly stop: () => void };

/** The chat behind the page's own address, through the SDK. */
export function createSdkBackend(): ChatBackend {
  const url = bridgeUrl(location);
  const listeners = new Set<(event: BackendEvent) => void>();
  const tell = (event: BackendEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const webSession = createWebSession((input, init) => fetch(input, init));
  const token = createAccessToken(webSession, () => performance.now());
  let anonymous: AnonymousCalls | undefined;
  let running: Running | undefined;

  const strangers = (): AnonymousCalls => (anonymous ??= createAnonymousCalls(url));
  const client = (): ChatClient => {
    if (running === undefined) throw new BackendError('UNAUTHENTICATED', 'nobody is signed in');
    return running.client;
  };

  const start = (userId: string): void => {
    anonymous?.close();
    anonymous = undefined;
    const started = createChatClient({
      url,
      getToken: ({ refresh }) => token.get(refresh),
      outbox: createIdbOutbox(userId),
      clientName: CLIENT_NAME,
    });
    const stopView = createLiveView({
      client: started,
      myId: userId,
      tell,
      onSignedOut: () => void end('UNAUTHENTICATED'),
    });
    const stopWaking = wakeOnReturn(started);
    const stopIdle = watchIdle(window, (idle) => started.setPresence(idle ? 'away' : 'online'));
    running = {
      client: started,
      userId,
      stop: () => {
        stopIdle();
        stopWaking();
        stopView();
        void started.stop();
      },
    };
    started.start();
  };

  const end = async (code: string): Promise<void> => {
    const ended = running;
    running = undefined;
    token.clear();
    ended?.stop();
    forgetAll('draft.');
    forgetAll('last-room');
    tell({ kind: 'signed-out', code });
    if (ended !== undefined && code === '') await forgetOutbox(ended.userId).catch(() => undefined);
  };

  const enter = async ({ user, session }: Login): Promise<void> => {
    token.set(session.accessToken, session.accessExpiresInMs);
    // Without the cookie the login ends with the page, but it is a login: the person is not turned away.
    await webSession.keep(session.refreshToken).catch(() => undefined);
    tell({ kind: 'signed-in', me: toMe(user) });
    start(user.userId);
  };

  return {
    session: {
      async resume() {
        const fresh = await webSession.refresh().catch((cause: unknown) => {
          throw new BackendError('UNAVAILABLE', 'the gateway was not reached', { cause });
        });
        if (fresh === undefined) {
          tell({ kind: 'signed-out', code: '' });
          return false;
        }
        token.set(fresh.accessToken, fresh.accessExpiresInMs);
        tell({
          kind: 'signed-in',
          me: {
            id: fresh.userId,
            name: fresh.displayName,
            username: '',
            guest: fresh.kind === 'GUEST',
          },
        });
        start(fresh.userId);
        return true;
      },
      createGuest: (displayName) =>
        asking(async () => enter(await strangers().createGuest(displayName))),
      login: (username, password) =>
        asking(async () => enter(await strangers().login(username, password))),
      register: (username, password, displayName) =>
        asking(async () => {
          const login = await createSessionCalls(client()).register(
            username,
            password,
            displayName,
          );
          token.set(login.session.accessToken, login.session.accessExpiresInMs);
          await webSession.keep(login.session.refreshToken).catch(() => undefined);
          tellMe(login.user);
        }),
      rename: (displayName) =>
        asking(async () => tellMe(await createSessionCalls(client()).rename(displayName))),
      signOut: () =>
        asking(async () => {
          await webSession.end().catch((cause: unknown) => {
            throw new BackendError('UNAVAILABLE', 'the gateway was not reached', { cause });
          });
          await end('');
        }),
    },
    rooms: createRoomPort({
      client,
      strangers: () => (running === undefined ? strangers() : undefined),
      asking,
    }),
    messages: createMessagePort({ client, tell, asking }),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reconnectNow: () => running?.client.tryNow(),
    close() {
      running?.stop();
      anonymous?.close();
      listeners.clear();
    },
  };

  function tellMe(user: User | undefined): void {
    if (user !== undefined) tell({ kind: 'signed-in', me: toMe(user) });
  }
}

/** Runs a call; whatever it throws comes out as BackendError. */
async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof BackendError) throw thrown;
    const error = ChatClientError.from(thrown);
    throw new BackendError(error.reason, error.message, {
      field: error.field ?? '',
      retryAfterMs: error.retryAfterMs ?? 0,
      cause: error,
    });
  }
}

/** The same host that served the page. */
function bridgeUrl(page: Location): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/bridge`;
}
