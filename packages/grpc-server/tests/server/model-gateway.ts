import { ChatResponse, type Entry } from '@chat/protocol';
import type { ServerRecord } from './relay-link.ts';

/** What one session has of one room. */
interface Place {
  joined: boolean;
  seq: number;
}

/** Follows the records of a link as a gateway does, and notes every breach of the rules. */
export class ModelGateway {
  readonly breaches: string[] = [];
  /** Entries that came live: session, room, seq. */
  readonly live: { readonly session: number; readonly roomId: string; readonly seq: number }[] = [];
  readonly #places = new Map<string, Place>();

  /** Takes a record in order. */
  take(record: ServerRecord): void {
    switch (record.$case) {
      case 'roomJoin': {
        const { session, roomId, afterSeq } = record.value;
        const place = this.#places.get(key(session, roomId));
        if (place === undefined) this.#breach(`join without opened: ${session}`);
        else if (place.seq !== Number(afterSeq))
          this.#breach(`join at ${afterSeq}, has ${place.seq}`);
        else place.joined = true;
        return;
      }
      case 'roomLeave':
        this.#places.delete(key(record.value.session, record.value.roomId));
        return;
      case 'roomBatch':
        this.#batch(record.value.roomId, entriesOf(record.value.event));
        return;
      case 'sessionEvent':
        this.#event(record.value.session, record.value.event);
        return;
      default:
    }
  }

  /** Position of a session in a room; undefined when it does not receive it. */
  place(session: number, roomId: string): Place | undefined {
    return this.#places.get(key(session, roomId));
  }

  #event(session: number, bytes: Uint8Array): void {
    const { event } = ChatResponse.decode(bytes);
    if (event?.$case === 'opened') {
      const seq = Number(event.value.after?.seq);
      this.#places.set(key(session, event.value.roomId), { joined: false, seq });
    } else if (event?.$case === 'roomClosed') {
      this.#places.delete(key(session, event.value.roomId));
    } else if (event?.$case === 'roomEntries') {
      const { roomId, entries } = event.value;
      const place = this.#places.get(key(session, roomId));
      if (place === undefined) this.#breach(`replay behind the end: ${session}`);
      else if (place.joined) this.#breach(`replay to a joined session: ${session}`);
      else this.#advance(place, entries);
    }
  }

  #batch(roomId: string, entries: readonly Entry[]): void {
    for (const [name, place] of this.#places) {
      if (!name.endsWith(` ${roomId}`) || !place.joined) continue;
      this.#advance(place, entries);
      const session = Number(name.split(' ')[0]);
      for (const { seq } of entries) this.live.push({ session, roomId, seq: Number(seq) });
    }
  }

  #advance(place: Place, entries: readonly Entry[]): void {
    for (const { seq } of entries) {
      if (Number(seq) !== place.seq + 1) this.#breach(`got ${seq} after ${place.seq}`);
      place.seq = Number(seq);
    }
  }

  #breach(what: string): void {
    this.breaches.push(what);
  }
}

function entriesOf(bytes: Uint8Array): readonly Entry[] {
  const { event } = ChatResponse.decode(bytes);
  return event?.$case === 'roomEntries' ? event.value.entries : [];
}

function key(session: number, roomId: string): string {
  return `${session} ${roomId}`;
}
