// Hex ↔ protobuf JSON pairs of the wire, for clients in any language: decode the hex with the schema and
// compare with the JSON, encode the JSON and compare with the hex.
import chat from './chat.json' with { type: 'json' };
import frames from './frames.json' with { type: 'json' };

/** One message in both forms. */
export interface Vector {
  readonly name: string;
  /** Full name of the message. */
  readonly type: string;
  /** Its canonical bytes: fields in order, zero values absent. */
  readonly hex: string;
  /** Its canonical protobuf JSON. */
  readonly json: object;
}

/** Frames of the bridge. */
export const frameVectors: readonly Vector[] = frames;

/** Commands and events of the chat stream. */
export const chatVectors: readonly Vector[] = chat;
