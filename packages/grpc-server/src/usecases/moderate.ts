import { LIMITS, Role } from '@chat/protocol';
import type { RoomAction } from '../domain/room-command.ts';
import { type Outcome, refuse } from '../domain/outcome.ts';
import type { Appended } from '../ports/room-log.ts';
import type { App, Caller } from './app.ts';
import { checkRoomId, checkText, checkUserId } from './check.ts';

/** Longest mute: 28 days. */
const MAX_MUTE_SECONDS = 2_419_200;

/** Who is acted on, and where. */
interface Target {
  readonly roomId: string;
  readonly userId: string;
}

/** Removes a member; they may come back. */
export async function kickMember(
  app: App,
  caller: Caller,
  request: Target & { readonly reason: string },
): Promise<Outcome<Appended>> {
  const reason = checkText(request.reason, LIMITS.maxTopicCodePoints, 'reason');
  if (!reason.ok) return reason;
  return act(app, caller, request, (userId) => ({ type: 'kick', userId, reason: reason.value }));
}

/** Removes a user and keeps them out, for ever or until a time. */
export async function banMember(
  app: App,
  caller: Caller,
  request: Target & { readonly reason: string; readonly untilMs: number | undefined },
): Promise<Outcome<Appended>> {
  const reason = checkText(request.reason, LIMITS.maxTopicCodePoints, 'reason');
  if (!reason.ok) return reason;
  const { untilMs } = request;
  if (untilMs !== undefined && untilMs <= app.clock.nowMs()) {
    return refuse('BAD_FIELD', { field: 'until' });
  }
  return act(app, caller, request, (userId) => ({
    type: 'ban',
    userId,
    reason: reason.value,
    untilMs,
  }));
}

/** Lifts a ban. */
export function unbanMember(app: App, caller: Caller, request: Target): Promise<Outcome<Appended>> {
  return act(app, caller, request, (userId) => ({ type: 'unban', userId }));
}

/** Stops a member from writing for a time; 0 lets them write again. */
export async function muteMember(
  app: App,
  caller: Caller,
  request: Target & { readonly durationSeconds: number },
): Promise<Outcome<Appended>> {
  const { durationSeconds } = request;
  if (durationSeconds > MAX_MUTE_SECONDS) return refuse('BAD_FIELD', { field: 'duration_seconds' });
  const untilMs = durationSeconds === 0 ? undefined : app.clock.nowMs() + durationSeconds * 1_000;
  return act(app, caller, request, (userId) => ({ type: 'mute', userId, untilMs }));
}

/** Changes a member's role. Owners only. */
export async function setRole(
  app: App,
  caller: Caller,
  request: Target & { readonly role: Role },
): Promise<Outcome<Appended>> {
  const { role } = request;
  if (role !== Role.MEMBER && role !== Role.MODERATOR && role !== Role.OWNER) {
    return refuse('BAD_FIELD', { field: 'role' });
  }
  return act(app, caller, request, (userId) => ({ type: 'set-role', userId, role }));
}

async function act(
  app: App,
  caller: Caller,
  target: Target,
  action: (userId: Caller['account']['userId']) => RoomAction,
): Promise<Outcome<Appended>> {
  const roomId = checkRoomId(target.roomId);
  if (!roomId.ok) return roomId;
  const userId = checkUserId(target.userId);
  if (!userId.ok) return userId;
  const actorId = caller.account.userId;
  const allowed = app.limits.take('moderate', actorId);
  if (!allowed.ok) return allowed;
  return app.store.log.append({ ...action(userId.value), roomId: roomId.value, actorId });
}
