import { useApp } from '../store/app-store.ts';
import { Dialog } from '../ui/dialog.tsx';

const SHORTCUTS: readonly (readonly [keys: readonly string[], words: string])[] = [
  [['Ctrl', 'K'], 'Jump to a room'],
  [['Alt', '↑'], 'Room above'],
  [['Alt', '↓'], 'Room below'],
  [['Alt', 'Shift', '↓'], 'Next unread room'],
  [['Enter'], 'Send'],
  [['Shift', 'Enter'], 'New line'],
  [['↑'], 'Edit your last message, in an empty composer'],
  [['↑', '↓'], 'Walk the messages, with the list focused'],
  [['End'], 'Newest message'],
  [['Esc'], 'Close, or back to the composer'],
  [['?'], 'This list'],
];

/** All keys in one place. */
export function ShortcutsDialog() {
  const app = useApp();
  return (
    <Dialog title="Keyboard" onClose={app.closeDialog}>
      <dl className="shortcuts">
        {SHORTCUTS.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
