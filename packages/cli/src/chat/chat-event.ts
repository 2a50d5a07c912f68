/** Who did something. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

interface InRoom {
  readonly roomId: string;
  /** Position in the room's log. */
  readonly seq: number;
  /** Server time, milliseconds since 1970. */
  readonly timeMs: number;
}

/** One thing that happened in a room, in the order of its log. */
export type ChatEvent =
  | (InRoom & {
      readonly kind: 'message';
      readonly from: Person;
      readonly text: string;
      readonly edited: boolean;
    })
  | (InRoom & {
      readonly kind: 'edited';
      readonly from: Person;
      readonly messageSeq: number;
      readonly text: string;
    })
  | (InRoom & { readonly kind: 'deleted'; readonly from: Person; readonly messageSeq: number })
  | (InRoom & { readonly kind: 'joined' | 'left'; readonly from: Person })
  | (InRoom & {
      readonly kind: 'kicked' | 'banned';
      readonly from: Person;
      readonly by: Person;
      readonly reason: string;
    })
  | (InRoom & {
      readonly kind: 'settings';
      readonly from: Person;
      readonly name: string;
      readonly topic: string;
    });
