import { fromTimestamp, type ModerationServiceDefinition } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import type { Outcome } from '../domain/outcome.ts';
import type { Appended } from '../ports/room-log.ts';
import { banMember, kickMember, muteMember, setRole, unbanMember } from '../usecases/moderate.ts';
import { toPosition } from '../wire/to-wire.ts';
import { type RpcDeps, unwrap, withCaller } from './call.ts';

/** Order in rooms. */
export function moderationHandlers(deps: RpcDeps): Handlers<typeof ModerationServiceDefinition> {
  const { app } = deps;
  const positionOf = (outcome: Outcome<Appended>) => ({
    position: toPosition(app.store.epoch, unwrap(outcome).seq),
  });
  return {
    kickMember: withCaller(deps, async (caller, request) =>
      positionOf(await kickMember(app, caller, request)),
    ),
    banMember: withCaller(deps, async (caller, { roomId, userId, reason, until }) => {
      const untilMs = until === undefined ? undefined : fromTimestamp(until);
      return positionOf(await banMember(app, caller, { roomId, userId, reason, untilMs }));
    }),
    unbanMember: withCaller(deps, async (caller, request) =>
      positionOf(await unbanMember(app, caller, request)),
    ),
    muteMember: withCaller(deps, async (caller, request) =>
      positionOf(await muteMember(app, caller, request)),
    ),
    setRole: withCaller(deps, async (caller, request) =>
      positionOf(await setRole(app, caller, request)),
    ),
    reportMessage: 'unimplemented',
    listReports: 'unimplemented',
    resolveReport: 'unimplemented',
    listAuditRecords: 'unimplemented',
  };
}
