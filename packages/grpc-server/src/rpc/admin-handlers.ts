import { type AdminServiceDefinition, Entry, toWireSeq } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import { exportRoom, listUsers, serverFacts, setSuspended } from '../usecases/administer.ts';
import { toWireUser } from '../wire/to-wire.ts';
import { callerOf, type RpcDeps, unwrap, withCaller } from './call.ts';

/** For administrators of the server. */
export function adminHandlers(deps: RpcDeps): Handlers<typeof AdminServiceDefinition> {
  const { app } = deps;
  return {
    getServerInfo: withCaller(deps, async (caller) => {
      const facts = unwrap(await serverFacts(app, caller));
      const { version, storeKind } = app.settings;
      const { epoch } = app.store;
      return { ...facts, version, epoch, store: storeKind, entries: toWireSeq(facts.entries) };
    }),
    listUsers: withCaller(deps, async (caller, request) => {
      const page = unwrap(await listUsers(app, caller, request));
      return { users: page.items.map(toWireUser), nextPageToken: page.next ?? '' };
    }),
    setSuspended: withCaller(deps, async (caller, request) => ({
      user: toWireUser(unwrap(await setSuspended(app, caller, request))),
    })),
    exportRoom: async (request, writer, call) => {
      const caller = await callerOf(deps, call);
      const exported = await exportRoom(app, caller, request, async (entries) => {
        call.signal.throwIfAborted();
        writer.write({ entries: entries.map(({ bytes }) => Entry.decode(bytes)) });
        await writer.drained();
      });
      unwrap(exported);
    },
    createWebhook: 'unimplemented',
    listWebhooks: 'unimplemented',
    deleteWebhook: 'unimplemented',
    listServerAuditRecords: 'unimplemented',
  };
}
