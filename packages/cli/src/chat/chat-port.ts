import type { RoomTarget } from '../args/room-target.ts';
import type { ChatEvent, Person } from './chat-event.ts';

/** A public room in a list. */
export interface ListedRoom {
  readonly name: string;
  readonly topic: string;
  readonly memberCount: number;
  readonly hasPassword: boolean;
}

/** A member in a list. */
export interface ListedMember extends Person {
  readonly role: 'member' | 'moderator' | 'owner';
  readonly online: boolean;
}

/** Why nothing more will come. */
export interface EndOfChat {
  /** A sentence for people. */
  readonly reason: string;
}

/**
 * What the program needs from the chat. Two implementations: the SDK and one in memory for tests.
 * All methods reject with CliError. The caller closes it; closing twice is free.
 */
export interface ChatPort {
  readonly me: Person;
  /** Joins the room; a public room that does not exist is made. */
  enter(target: RoomTarget, password: string | undefined): Promise<ChatRoom>;
  publicRooms(): Promise<readonly ListedRoom[]>;
  /** Resolves when the server has ended the session, or the caller's place in an entered room. */
  readonly ended: Promise<EndOfChat>;
  /** Ends the guest, so that the name is free again. Bounded in time; never rejects. */
  close(): Promise<void>;
}

/** A room the caller is in. */
export interface ChatRoom {
  readonly roomId: string;
  readonly name: string;
  readonly topic: string;
  /** Short code to share; may be empty. */
  readonly code: string;
  /** Gives the newest `historyCount` events and then every new one, in order and without a gap. */
  open(historyCount: number, listener: (event: ChatEvent) => void): Promise<void>;
  /** The newest events, oldest first. */
  history(count: number): Promise<readonly ChatEvent[]>;
  /** Resolves after the server's commit. Messages are sent in the order of the calls. */
  send(text: string): Promise<void>;
  members(): Promise<readonly ListedMember[]>;
  /** Ends the listener and the membership. */
  leave(): Promise<void>;
}

/** How the connection fares; told while a chat is open. */
export type ConnectionNews =
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'restored' };
