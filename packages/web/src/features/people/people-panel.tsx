import { Ellipsis, MessageCircle, UserMinus, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp, useAppState, useMe } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import type { MemberView, PresenceName, RoomView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { PresenceDot } from '../../ui/presence-dot.tsx';
import { groupMembers, mayKick } from './group-members.ts';

/** The right column: who is in the room, and who is here. */
export function PeoplePanel({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const presence = useAppState((state) => state.presence);
  const doorSeq = useAppState((state) => lastDoorSeq(state.timelines[room.id]?.entries));
  const [members, setMembers] = useState<readonly MemberView[] | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    let wanted = true;
    app.backend.rooms.members(room.id).then(
      (found) => {
        if (!wanted) return;
        setError('');
        setMembers(found);
      },
      (caught: unknown) => {
        if (wanted) setError(errorWords(caught));
      },
    );
    return () => {
      wanted = false;
    };
  }, [app, room.id, room.memberCount, doorSeq]);
  const { here, gone } = groupMembers(members ?? [], presence);
  return (
    <aside className="people" aria-label="People">
      <header className="people-head">
        <h2>People</h2>
        <IconButton label="Close people" onClick={() => app.setPeopleOpen(false)}>
          <X size={20} />
        </IconButton>
      </header>
      {error === '' ? null : <p className="field-note is-error">{error}</p>}
      {members === undefined && error === '' ? (
        <div className="stack-tight" role="status" aria-label="Loading people">
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
        </div>
      ) : null}
      <PeopleGroup title="Here now" members={here} room={room} presence={presence} />
      <PeopleGroup title="Offline" members={gone} room={room} presence={presence} />
    </aside>
  );
}

function PeopleGroup(props: {
  readonly title: string;
  readonly members: readonly MemberView[];
  readonly room: RoomView;
  readonly presence: ReadonlyMap<string, PresenceName>;
}) {
  if (props.members.length === 0) return null;
  return (
    <section aria-label={props.title}>
      <h3 className="sidebar-section">
        {props.title} <span>{props.members.length}</span>
      </h3>
      <ul>
        {props.members.map((member) => (
          <Person
            key={member.userId}
            member={member}
            room={props.room}
            presence={props.presence.get(member.userId) ?? 'offline'}
          />
        ))}
      </ul>
    </section>
  );
}

function Person({
  member,
  room,
  presence,
}: {
  readonly member: MemberView;
  readonly room: RoomView;
  readonly presence: PresenceName;
}) {
  const app = useApp();
  const me = useMe();
  const [, go] = useLocation();
  const own = member.userId === me?.id;
  const talk = async (): Promise<void> => {
    try {
      go(`/r/${await app.backend.rooms.openDirect(member.userId)}`);
    } catch (error) {
      app.toast(errorWords(error), { tone: 'bad' });
    }
  };
  const items: readonly MenuItem[] = [
    ...(room.kind === 'direct'
      ? []
      : [{ label: 'Message', icon: <MessageCircle size={16} />, onSelect: () => void talk() }]),
    ...(mayKick(room.role, member.role)
      ? [
          {
            label: 'Remove from room',
            icon: <UserMinus size={16} />,
            tone: 'danger' as const,
            onSelect: () =>
              app.openDialog({
                kind: 'kick',
                roomId: room.id,
                userId: member.userId,
                name: member.name,
              }),
          },
        ]
      : []),
  ];
  return (
    <li className={presence === 'offline' ? 'person is-offline' : 'person'}>
      <span className="with-presence">
        <Avatar id={member.userId} name={member.name} size={32} />
        <PresenceDot presence={presence} />
      </span>
      <span className="person-name">
        <bdi>{member.name}</bdi>
        {own ? <small> you</small> : null}
        {member.role === 'owner' || member.role === 'moderator' ? (
          <span className="role-tag">{member.role}</span>
        ) : null}
      </span>
      {own || items.length === 0 ? null : (
        <Menu
          trigger={
            <IconButton label={`Actions for ${member.name}`}>
              <Ellipsis size={18} />
            </IconButton>
          }
          items={items}
        />
      )}
    </li>
  );
}

function lastDoorSeq(
  entries: readonly { readonly kind: string; readonly seq: number }[] | undefined,
): number {
  return entries?.findLast((entry) => entry.kind === 'notice')?.seq ?? 0;
}
