import type { ListedMember, ListedRoom } from '../chat/chat-port.ts';
import type { Palette } from './palette.ts';
import { visibleLine } from './visible-text.ts';

/** Members, those who are there first: `* Alice (owner)`. */
export function memberLines(members: readonly ListedMember[], palette: Palette): string {
  const online = members.filter((member) => member.online);
  const rest = members.filter((member) => !member.online);
  const line = (mark: string) => (member: ListedMember) =>
    `${mark} ${palette.name(member.id, visibleLine(member.name))}${member.role === 'member' ? '' : ` (${member.role})`}`;
  return [
    `${members.length} members, ${online.length} here`,
    ...online.map(line('*')),
    ...rest.map(line(' ')),
  ].join('\n');
}

/** Public rooms: `general  3 members | topic`. */
export function roomLines(rooms: readonly ListedRoom[]): string {
  if (rooms.length === 0) return 'no public rooms';
  return rooms
    .map(({ name, topic, memberCount, hasPassword }) => {
      const count = memberCount === 1 ? '1 member' : `${memberCount} members`;
      return `#${visibleLine(name)}  ${count}${hasPassword ? ', password' : ''}${topic === '' ? '' : ` | ${visibleLine(topic)}`}`;
    })
    .join('\n');
}
