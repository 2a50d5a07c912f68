import type { RoomView } from '../../store/model.ts';

const MAX_SHOWN = 12;

/** Rooms that fit a few typed letters: beginnings first, then words, then anywhere; unread before read among equals. */
export function rankRooms(rooms: readonly RoomView[], query: string): readonly RoomView[] {
  const wanted = query.trim().toLocaleLowerCase();
  return rooms
    .map((room) => ({ room, rank: rankOf(room.name.toLocaleLowerCase(), wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort(
      (left, right) =>
        right.rank - left.rank || Math.sign(right.room.unread) - Math.sign(left.room.unread),
    )
    .slice(0, MAX_SHOWN)
    .map(({ room }) => room);
}

function rankOf(name: string, wanted: string): number {
  if (wanted === '') return 1;
  if (name.startsWith(wanted)) return 3;
  if (name.split(/[\s_.-]+/u).some((word) => word.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 1 : 0;
}
