import { memo } from 'react';
import { avatarOf } from './avatar-of.ts';

/** A picture made from an id and a name: the same everywhere, without a request. */
export const Avatar = memo(function Avatar(props: {
  readonly id: string;
  readonly name: string;
  readonly size: 20 | 24 | 32 | 40 | 64;
}) {
  const { hue, turn, initials } = avatarOf(props.id, props.name);
  return (
    <svg
      className="avatar"
      width={props.size}
      height={props.size}
      viewBox="0 0 40 40"
      aria-hidden="true"
      focusable="false"
    >
      <rect width="40" height="40" rx="12" fill={`oklch(0.56 0.12 ${hue})`} />
      <g transform={`rotate(${turn} 20 20)`}>
        <circle cx="34" cy="36" r="24" fill={`oklch(0.48 0.12 ${(hue + 30) % 360})`} />
        <circle cx="2" cy="2" r="13" fill={`oklch(0.64 0.11 ${(hue + 350) % 360})`} />
      </g>
      <text
        x="20"
        y="20.5"
        textAnchor="middle"
        dominantBaseline="central"
        className="avatar-letters"
      >
        {initials}
      </text>
    </svg>
  );
});
