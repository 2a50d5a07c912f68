import { createBridgeLink, createClient } from '@chat/client';
import type { RoomPreview } from '@chat/protocol';
import { CLIENT_NAME } from './client-name.ts';
import { ENTRY_AUTH, ENTRY_ROOMS } from './entry-methods.ts';
import { type Login, toLogin } from './login.ts';

/** What somebody without a login may ask. Rejections are ChatClientError; the connection is opened by the first call. */
export type AnonymousCalls = {
  createGuest(displayName: string): Promise<Login>;
  login(username: string, password: string): Promise<Login>;
  preview(code: string): Promise<RoomPreview | undefined>;
  close(): void;
};

export function createAnonymousCalls(url: string): AnonymousCalls {
  const link = createBridgeLink({
    url,
    getToken: () => Promise.resolve(''),
    clientName: CLIENT_NAME,
  });
  const environment = { link, clock: pageClock, random: Math.random };
  const auth = createClient(ENTRY_AUTH, environment);
  const rooms = createClient(ENTRY_ROOMS, environment);
  return {
    createGuest: async (displayName) => {
      link.start();
      return toLogin(await auth.createGuest({ displayName, client: CLIENT_NAME }));
    },
    login: async (username, password) => {
      link.start();
      return toLogin(await auth.login({ username, password, client: CLIENT_NAME }));
    },
    preview: async (code) => {
      link.start();
      return (await rooms.previewRoom({ code })).preview;
    },
    close: () => link.close(),
  };
}

const pageClock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs: number, task: () => void) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
