const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address in its canonical form, or undefined when a click on it could do anything but open a page or a mail. */
export function safeHref(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!SAFE_SCHEMES.has(parsed.protocol)) return undefined;
  // A name before the host is only ever there to look like another host.
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}

/** What to show for a bare address: the canonical form when it hides a name or a foreign script. */
export function shownAddress(typed: string, href: string): string {
  const hidesHost =
    /\/\/[^/?#]*@/u.test(typed) || href.includes('//xn--') || href.includes('.xn--');
  return hidesHost || typed.includes('\\') ? href : typed;
}
