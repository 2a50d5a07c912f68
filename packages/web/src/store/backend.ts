import type {
  ConnectionView,
  Me,
  MemberView,
  PresenceName,
  PreviewView,
  RoomView,
  TimelineView,
  TypistView,
} from './model.ts';

/** A refusal with its name in the error table; everything a backend rejects with. */
export class BackendError extends Error {
  readonly code: string;
  readonly field: string;
  readonly retryAfterMs: number;
  constructor(
    code: string,
    message: string,
    details: { field?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'BackendError';
    this.code = code;
    this.field = details.field ?? '';
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}

/** What the backend tells, in order. Snapshots are whole and immutable. */
export type BackendEvent =
  | { readonly kind: 'signed-in'; readonly me: Me }
  /** `code` names the reason when it was not the person's own wish. */
  | { readonly kind: 'signed-out'; readonly code: string }
  | { readonly kind: 'connection'; readonly connection: ConnectionView }
  | { readonly kind: 'rooms'; readonly rooms: readonly RoomView[] }
  | {
      readonly kind: 'room-closed';
      readonly roomId: string;
      readonly reason: 'left' | 'kicked' | 'banned' | 'deleted';
    }
  | { readonly kind: 'timeline'; readonly roomId: string; readonly timeline: TimelineView }
  | { readonly kind: 'typing'; readonly roomId: string; readonly typists: readonly TypistView[] }
  | { readonly kind: 'presence'; readonly statuses: ReadonlyMap<string, PresenceName> };

/** Who the person is. Every promise rejects with BackendError. */
export type SessionPort = {
  /** Continues the session of an earlier visit; false when there is none. */
  resume(): Promise<boolean>;
  createGuest(displayName: string): Promise<void>;
  login(username: string, password: string): Promise<void>;
  /** Turns the guest of this session into an account, or makes a new account. */
  register(username: string, password: string, displayName: string): Promise<void>;
  rename(displayName: string): Promise<void>;
  signOut(): Promise<void>;
};

/** Rooms and the ways into them. Joins resolve with the room's id once it is in the list. */
export type RoomPort = {
  preview(code: string): Promise<PreviewView>;
  join(
    target: { readonly code: string } | { readonly roomId: string },
    password: string,
  ): Promise<string>;
  browse(query: string): Promise<readonly RoomView[]>;
  create(input: NewRoom): Promise<string>;
  update(roomId: string, change: RoomChange): Promise<void>;
  rotateCode(roomId: string): Promise<string>;
  leave(roomId: string): Promise<void>;
  remove(roomId: string): Promise<void>;
  openDirect(userId: string): Promise<string>;
  members(roomId: string): Promise<readonly MemberView[]>;
  kick(roomId: string, userId: string): Promise<void>;
};

export type NewRoom = {
  readonly name: string;
  readonly topic: string;
  readonly kind: 'public' | 'private';
  readonly password: string;
};

/** Absent = as it is; an empty password = none. */
export type RoomChange = {
  readonly name?: string;
  readonly topic?: string;
  readonly kind?: 'public' | 'private';
  readonly password?: string;
};

/** Messages of rooms the person is in. */
export type MessagePort = {
  /** Starts the room's timeline events; opening again is free. */
  open(roomId: string): void;
  loadOlder(roomId: string): void;
  /** Echoes at once as pending; never rejects. */
  send(roomId: string, text: string): void;
  retry(roomId: string, clientMessageId: string): void;
  discard(roomId: string, clientMessageId: string): void;
  /** Throttled below. */
  setTyping(roomId: string, typing: boolean): void;
  markRead(roomId: string, seq: number): void;
  edit(roomId: string, seq: number, text: string): Promise<void>;
  delete(roomId: string, seq: number): Promise<void>;
  react(roomId: string, seq: number, emoji: string, present: boolean): Promise<void>;
};

/**
 * Everything the screen needs from the chat. Two implementations: the SDK (`sdk/`) and a scripted one in memory (tests).
 * The caller closes it.
 */
export type ChatBackend = {
  readonly session: SessionPort;
  readonly rooms: RoomPort;
  readonly messages: MessagePort;
  subscribe(listener: (event: BackendEvent) => void): () => void;
  reconnectNow(): void;
  close(): void;
};
