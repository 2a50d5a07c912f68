const NAME = 'Chat';

/** Shows what is unread in the tab: a number in the title, a dot on the icon. */
export function showPageBadge(roomName: string | undefined, unread: number): void {
  const place = roomName === undefined ? NAME : `${roomName} · ${NAME}`;
  document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${place}` : place;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const href = unread > 0 ? '/favicon-unread.svg' : '/favicon.svg';
  if (icon !== null && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
}
