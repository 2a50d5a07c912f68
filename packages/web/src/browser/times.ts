// The reader's own language and clock.
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayWithYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const DAY_MS = 86_400_000;

/** "14:05". */
export function clockTime(timeMs: number): string {
  return clock.format(timeMs);
}

/** The whole date and time, for a tooltip. */
export function fullTime(timeMs: number): string {
  return full.format(timeMs);
}

/** Local calendar day, equal for times of one day. */
export function dayKey(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "Today", "Yesterday", "Monday, 3 May" or, for another year, "3 May 2024". */
export function dayWords(timeMs: number, nowMs: number): string {
  if (dayKey(timeMs) === dayKey(nowMs)) return 'Today';
  if (dayKey(timeMs) === dayKey(nowMs - DAY_MS)) return 'Yesterday';
  return new Date(timeMs).getFullYear() === new Date(nowMs).getFullYear()
    ? day.format(timeMs)
    : dayWithYear.format(timeMs);
}
