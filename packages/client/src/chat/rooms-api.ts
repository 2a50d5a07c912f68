import type { MyRoom, Role, RoomKind, RoomPreview } from '@chat/protocol';
import type { Observable } from '../observable.ts';

/** A room of the caller, as a list shows it. */
export interface RoomView {
  readonly roomId: string;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic: string;
  /** Short code to share; empty for direct rooms. */
  readonly code: string;
  readonly hasPassword: boolean;
  readonly memberCount: number;
  readonly slowModeSeconds: number;
  readonly guestsAllowed: boolean;
  readonly archived: boolean;
  readonly directUserIds: readonly string[];
  readonly role: Role;
  readonly joinSeq: number;
  /** Newest entry of the room. */
  readonly headSeq: number;
  /** Last entry the caller has read. */
  readonly readSeq: number;
  /** Messages of others after `readSeq`. */
  readonly unreadMessages: number;
  /** Of these, how many mention the caller. */
  readonly unreadMentions: number;
  /** Members that are not offline; 0 before the room was opened by the server. */
  readonly onlineCount: number;
  /** When something was last said here, as far as known; else when the room was made. */
  readonly lastActivityMs: number;
}

/** The caller's rooms, newest activity first. */
export interface RoomsSnapshot {
  /** False until the list was read once. */
  readonly loaded: boolean;
  readonly list: readonly RoomView[];
}

/** How a room is named when joining. */
export type JoinTarget =
  | { readonly roomId: string }
  | { readonly code: string }
  | { readonly name: string };

/** Settings of a new room. */
export interface NewRoom {
  readonly name: string;
  readonly private?: boolean;
  readonly topic?: string;
  readonly password?: string;
  readonly membersOnly?: boolean;
}

/** The caller's rooms and the ways into more. All methods reject with ChatClientError. */
export interface Rooms extends Observable<RoomsSnapshot> {
  /** One room; undefined when the caller is not in it. */
  get(roomId: string): RoomView | undefined;
  join(target: JoinTarget, password?: string): Promise<RoomView>;
  /** What is behind a code, before joining. */
  preview(code: string): Promise<RoomPreview>;
  create(room: NewRoom): Promise<RoomView>;
  leave(roomId: string): Promise<void>;
  /** The direct room with these users; made when there is none. */
  openDirect(userIds: readonly string[]): Promise<RoomView>;
  /** Reads the list again. */
  refresh(): Promise<void>;
}

export type { MyRoom };
