import {
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useId,
  useRef,
} from 'react';

export type MenuItem = {
  readonly label: string;
  readonly icon: ReactNode;
  readonly tone?: 'danger';
  readonly onSelect: () => void;
};

type TriggerProps = {
  ref?: Ref<HTMLButtonElement>;
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
  popoverTarget?: string;
};

const GAP_PX = 6;
const EDGE_PX = 8;

/**
 * A menu under a button, on the browser's own popover: it lies above everything, and a click beside it or Esc closes it.
 * Ours are only the place and the arrow keys.
 */
export function Menu({
  trigger,
  items,
}: {
  readonly trigger: ReactElement<TriggerProps>;
  readonly items: readonly MenuItem[];
}) {
  const id = useId().replaceAll(/[^\w-]/gu, '-');
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const entries = [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const next = nextIndex(
      event.key,
      entries.indexOf(document.activeElement as HTMLElement),
      entries.length,
    );
    if (event.key === 'Tab') menu.current?.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    entries[next]?.focus();
  };
  return (
    <>
      {cloneElement(trigger, { ref: button, 'aria-haspopup': 'menu', popoverTarget: id })}
      <div
        ref={menu}
        id={id}
        className="menu"
        role="menu"
        popover="auto"
        onKeyDown={onKeyDown}
        onToggle={(event) => {
          const opened = event.newState === 'open';
          button.current?.setAttribute('aria-expanded', String(opened));
          if (!opened) return;
          placeUnder(event.currentTarget, button.current);
          event.currentTarget.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={item.tone === 'danger' ? 'menu-item is-danger' : 'menu-item'}
            onMouseMove={(event) => event.currentTarget.focus()}
            onClick={() => {
              menu.current?.hidePopover();
              item.onSelect();
            }}
          >
            {item.icon}
            <span>{item.label}</span>
          </button>
        ))}
      </div>
    </>
  );
}

/** Where an arrow, Home or End leads in a menu; undefined for every other key. */
export function nextIndex(key: string, from: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (from + 1) % count;
  if (key === 'ArrowUp') return (Math.max(from, 0) - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

// Right edges in line, under the button, or above it where there is no room below.
function placeUnder(menu: HTMLElement, button: HTMLElement | null): void {
  if (button === null) return;
  const anchor = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(EDGE_PX, anchor.right - width), innerWidth - width - EDGE_PX);
  const below = anchor.bottom + GAP_PX;
  const top =
    below + height > innerHeight - EDGE_PX
      ? Math.max(EDGE_PX, anchor.top - GAP_PX - height)
      : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
