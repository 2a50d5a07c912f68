import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';

/**
 * Whether the list must scroll along when a row turns out to have another height: when the change happens above what is
 * read. The library's own rule leaves out rows that change while one scrolls up; here that is just when a row loses its
 * head, because an older message of the same author was loaded above it.
 */
export function keepsPlace(
  item: VirtualItem,
  list: Pick<Virtualizer<HTMLDivElement, Element>, 'itemSizeCache' | 'scrollOffset'>,
): boolean {
  const offset = list.scrollOffset ?? 0;
  const measuredBefore = list.itemSizeCache.has(item.key);
  return measuredBefore ? item.end <= offset : item.start < offset;
}
