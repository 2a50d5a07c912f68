import type { PresenceName } from '../store/model.ts';

export const PRESENCE_WORDS: Readonly<Record<PresenceName, string>> = {
  online: 'Online',
  away: 'Away',
  busy: 'Do not disturb',
  offline: 'Offline',
};

/** A dot whose shape tells the presence as well as its colour does. */
export function PresenceDot({ presence }: { readonly presence: PresenceName }) {
  return (
    <span
      className={`presence presence-${presence}`}
      role="img"
      aria-label={PRESENCE_WORDS[presence]}
    />
  );
}
