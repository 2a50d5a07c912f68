import type { CommitEvent } from '../../ports/room-log.ts';
import type { StorePorts } from '../../ports/store.ts';
import type { AuthenticationRead } from './operations/session-operations.ts';
import type { PortName } from './operations/run-operation.ts';

/** Hands a call to where it is done. Resolves with what the operation of that name returned. */
export type Dispatch = (
  kind: 'read' | 'write',
  port: PortName,
  method: string,
  args: readonly unknown[],
) => Promise<unknown>;

/** The store's ports over one function. The names must be those of OPERATIONS; the contract suite calls each. */
export function createPorts(
  dispatch: Dispatch,
  onCommit: (listener: (events: readonly CommitEvent[]) => void) => () => void,
): StorePorts {
  // The operation of that port and name returns what the port's method promises: Operations<Port> says so.
  const bind =
    (kind: 'read' | 'write', port: PortName, method: string) =>
    (...args: readonly unknown[]): Promise<never> =>
      dispatch(kind, port, method, args) as Promise<never>;
  const authenticate = bind('read', 'sessions', 'authenticate');
  return {
    log: {
      append: bind('write', 'log', 'append'),
      readEntries: bind('read', 'log', 'readEntries'),
      readMessage: bind('read', 'log', 'readMessage'),
      head: bind('read', 'log', 'head'),
      onCommit,
    },
    rooms: {
      create: bind('write', 'rooms', 'create'),
      openDirect: bind('write', 'rooms', 'openDirect'),
      delete: bind('write', 'rooms', 'delete'),
      setCode: bind('write', 'rooms', 'setCode'),
      markRead: bind('write', 'rooms', 'markRead'),
    },
    directory: {
      find: bind('read', 'directory', 'find'),
      listMine: bind('read', 'directory', 'listMine'),
      listPublic: bind('read', 'directory', 'listPublic'),
      listMembers: bind('read', 'directory', 'listMembers'),
      listReadCursors: bind('read', 'directory', 'listReadCursors'),
    },
    invites: {
      create: bind('write', 'invites', 'create'),
      list: bind('read', 'invites', 'list'),
      revoke: bind('write', 'invites', 'revoke'),
    },
    accounts: {
      create: bind('write', 'accounts', 'create'),
      upgrade: bind('write', 'accounts', 'upgrade'),
      change: bind('write', 'accounts', 'change'),
      retire: bind('write', 'accounts', 'retire'),
      find: bind('read', 'accounts', 'find'),
      findLogin: bind('read', 'accounts', 'findLogin'),
    },
    people: {
      search: bind('read', 'people', 'search'),
      list: bind('read', 'people', 'list'),
      setBlock: bind('write', 'people', 'setBlock'),
      listBlocked: bind('read', 'people', 'listBlocked'),
      count: bind('read', 'people', 'count'),
    },
    sessions: {
      open: bind('write', 'sessions', 'open'),
      authenticate: async (accessHash) => {
        const read: AuthenticationRead = await authenticate(accessHash);
        // The first use of a token is rare, so asking stays a read; it is written before it counts.
        if (read.confirm !== undefined) {
          const { sessionId, generation } = read.confirm;
          await dispatch('write', 'sessions', 'confirm', [sessionId, generation]);
        }
        return read.outcome;
      },
      refresh: bind('write', 'sessions', 'refresh'),
      list: bind('read', 'sessions', 'list'),
      revoke: bind('write', 'sessions', 'revoke'),
      sweep: bind('write', 'sessions', 'sweep'),
    },
  };
}
