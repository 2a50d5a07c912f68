import type { VirtualItem } from '@tanstack/react-virtual';

type Place = { readonly offset: number; readonly sizes: readonly VirtualItem[] };

const MAX_ROOMS = 50;
const places = new Map<string, Place>();

/** Where the reader was in a room; undefined = at the newest message. */
export function recallScroll(roomId: string): Place | undefined {
  return places.get(roomId);
}

/** Keeps the place of a room, or forgets it; the rooms left longest ago are dropped. */
export function rememberScroll(roomId: string, place: Place | undefined): void {
  places.delete(roomId);
  if (place === undefined) return;
  places.set(roomId, place);
  const oldest = places.size > MAX_ROOMS ? places.keys().next().value : undefined;
  if (oldest !== undefined) places.delete(oldest);
}
