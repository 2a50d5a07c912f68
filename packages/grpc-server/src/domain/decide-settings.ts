import { Role, RoomKind } from '@chat/protocol';
import type { EntryContent } from './log-entry.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { RoomSettings } from './room.ts';
import type { ChangeSettings } from './room-command.ts';
import { requireRole, type Standing } from './standing.ts';

/** The settings after the change; undefined when they stay as they are. */
export function decideSettings(
  standing: Standing,
  command: ChangeSettings,
): Outcome<RoomSettings | undefined> {
  const owner = requireRole(standing, Role.OWNER);
  if (!owner.ok) return owner;
  const { kind } = command;
  if (kind !== undefined && kind !== RoomKind.PUBLIC && kind !== RoomKind.PRIVATE) {
    return refuse('BAD_FIELD', { field: 'kind' });
  }
  const before = owner.value.room.settings;
  const after: RoomSettings = {
    kind: kind ?? before.kind,
    name: command.name ?? before.name,
    topic: command.topic ?? before.topic,
    passwordHash:
      command.passwordHash === undefined
        ? before.passwordHash
        : (command.passwordHash ?? undefined),
    slowModeSeconds: command.slowModeSeconds ?? before.slowModeSeconds,
    guestsAllowed: command.guestsAllowed ?? before.guestsAllowed,
    archived: command.archived ?? before.archived,
  };
  return accept(isSame(before, after) ? undefined : after);
}

/** The settings as an entry. The password itself never enters the log. */
export function toSettingsContent(settings: RoomSettings, created: boolean): EntryContent {
  return {
    $case: 'settingsChanged',
    value: {
      name: settings.name,
      topic: settings.topic,
      kind: settings.kind,
      hasPassword: settings.passwordHash !== undefined,
      slowModeSeconds: settings.slowModeSeconds,
      guestsAllowed: settings.guestsAllowed,
      archived: settings.archived,
      created,
    },
  };
}

function isSame(a: RoomSettings, b: RoomSettings): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.topic === b.topic &&
    a.passwordHash === b.passwordHash &&
    a.slowModeSeconds === b.slowModeSeconds &&
    a.guestsAllowed === b.guestsAllowed &&
    a.archived === b.archived
  );
}
