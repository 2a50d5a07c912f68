import { type ChatClient, ChatClientError } from '@chat/client';
import { type Member, RoomKind, type RoomPreview } from '@chat/protocol';
import type { RoomPort } from '../store/backend.ts';
import type { MemberView, PreviewView } from '../store/model.ts';
import type { AnonymousCalls } from './anonymous-calls.ts';
import { toBrowsedRoom, toRoleName } from './to-view.ts';

export type RoomPortOptions = {
  readonly client: () => ChatClient;
  /** The way to ask without a login; undefined while somebody is signed in. */
  readonly strangers: () => AnonymousCalls | undefined;
  readonly asking: <T>(call: () => Promise<T>) => Promise<T>;
};

const BROWSE_LIMIT = 50;
const MEMBERS_PAGE = 200;
const MAX_MEMBER_PAGES = 5;

/** Rooms through the SDK and its typed calls. */
export function createRoomPort({ client, strangers, asking }: RoomPortOptions): RoomPort {
  const service = async () => {
    const { RoomServiceDefinition } = await import('./service-definitions.ts');
    return client().service(RoomServiceDefinition);
  };
  return {
    preview: (code) =>
      asking(async () =>
        toPreviewView(await (strangers()?.preview(code) ?? client().rooms.preview(code))),
      ),
    join: (target, password) =>
      asking(async () => (await client().rooms.join(target, password)).roomId),
    browse: (query) =>
      asking(async () =>
        (await (await service()).listPublicRooms({ query, limit: BROWSE_LIMIT })).rooms.map(
          toBrowsedRoom,
        ),
      ),
    create: ({ name, topic, kind, password }) =>
      asking(
        async () =>
          (await client().rooms.create({ name, topic, password, private: kind === 'private' }))
            .roomId,
      ),
    update: (roomId, { kind, ...change }) =>
      asking(async () => {
        const toKind =
          kind === undefined
            ? {}
            : { kind: kind === 'private' ? RoomKind.PRIVATE : RoomKind.PUBLIC };
        await (await service()).updateRoom({ roomId, ...change, ...toKind });
        await client().rooms.refresh();
      }),
    rotateCode: (roomId) =>
      asking(async () => {
        const { code } = await (await service()).rotateCode({ roomId });
        await client().rooms.refresh();
        return code;
      }),
    leave: (roomId) => asking(() => client().rooms.leave(roomId)),
    remove: (roomId) => asking(async () => void (await (await service()).deleteRoom({ roomId }))),
    openDirect: (userId) => asking(async () => (await client().rooms.openDirect([userId])).roomId),
    members: (roomId) =>
      asking(async () => {
        const rooms = await service();
        const members: MemberView[] = [];
        let pageToken = '';
        for (let page = 0; page < MAX_MEMBER_PAGES; page += 1) {
          const answer = await rooms.listMembers({ roomId, limit: MEMBERS_PAGE, pageToken });
          members.push(...answer.members.map(toMemberView));
          pageToken = answer.nextPageToken;
          if (pageToken === '') break;
        }
        return members;
      }),
    kick: (roomId, userId) =>
      asking(async () => {
        const { ModerationServiceDefinition } = await import('./service-definitions.ts');
        await client().service(ModerationServiceDefinition).kickMember({ roomId, userId });
      }),
  };
}

function toMemberView(member: Member): MemberView {
  return { userId: member.userId, name: member.displayName, role: toRoleName(member.role) };
}

function toPreviewView(preview: RoomPreview | undefined): PreviewView {
  if (preview === undefined) throw new ChatClientError('NOT_FOUND');
  const { name, topic, memberCount, hasPassword, guestsAllowed, invitedBy } = preview;
  return { name, topic, memberCount, hasPassword, guestsAllowed, invitedBy };
}
