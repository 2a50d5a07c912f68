import {
  Entry,
  type MessageServiceDefinition,
  type SendMessageResponse,
  toTimestamp,
  toWireSeq,
} from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import type { Outcome } from '../domain/outcome.ts';
import type { Appended } from '../ports/room-log.ts';
import {
  deleteMessage,
  editMessage,
  setPin,
  setReaction,
  votePoll,
} from '../usecases/change-message.ts';
import { getMessage, listEntries, listReadCursors, markRead } from '../usecases/read-log.ts';
import { sendMessage } from '../usecases/send-message.ts';
import { toPosition, toUnreadCount } from '../wire/to-wire.ts';
import { type RpcDeps, unwrap, withCaller } from './call.ts';

/** Writes to and reads from the log of a room. */
export function messageHandlers(deps: RpcDeps): Handlers<typeof MessageServiceDefinition> {
  const { app } = deps;
  const { epoch } = app.store;
  const positionOf = (outcome: Outcome<Appended>) => ({
    position: toPosition(epoch, unwrap(outcome).seq),
  });
  return {
    sendMessage: withCaller(deps, async (caller, request) =>
      toSendResponse(epoch, unwrap(await sendMessage(app, caller, request))),
    ),
    editMessage: withCaller(deps, async (caller, request) =>
      positionOf(await editMessage(app, caller, request)),
    ),
    deleteMessage: withCaller(deps, async (caller, request) =>
      positionOf(await deleteMessage(app, caller, request)),
    ),
    setReaction: withCaller(deps, async (caller, request) =>
      positionOf(await setReaction(app, caller, request)),
    ),
    setPin: withCaller(deps, async (caller, request) =>
      positionOf(await setPin(app, caller, request)),
    ),
    votePoll: withCaller(deps, async (caller, request) =>
      positionOf(await votePoll(app, caller, request)),
    ),
    listEntries: withCaller(deps, async (caller, request) => {
      const page = unwrap(await listEntries(app, caller, request));
      return {
        entries: page.entries.map(({ bytes }) => Entry.decode(bytes)),
        head: toPosition(epoch, page.headSeq),
        firstVisibleSeq: toWireSeq(page.firstVisibleSeq),
      };
    }),
    getMessage: withCaller(deps, async (caller, request) => ({
      entry: Entry.decode(unwrap(await getMessage(app, caller, request)).bytes),
    })),
    searchMessages: 'unimplemented',
    markRead: withCaller(deps, async (caller, request) => ({
      unread: toUnreadCount(request.roomId, unwrap(await markRead(app, caller, request))),
    })),
    listReadCursors: withCaller(deps, async (caller, request) => {
      const { roomId } = request;
      const cursors = unwrap(await listReadCursors(app, caller, roomId));
      return {
        cursors: cursors.map(({ userId, seq }) => ({ roomId, userId, seq: toWireSeq(seq) })),
      };
    }),
  };
}

/** Answer of a send, on every way in. */
export function toSendResponse(epoch: string, appended: Appended): SendMessageResponse {
  const { seq, timeMs, duplicate } = appended;
  return { position: toPosition(epoch, seq), time: toTimestamp(timeMs), duplicate };
}
