import { Copy, Pencil, Trash2 } from 'lucide-react';
import { copyText } from '../../browser/clipboard.ts';
import { useApp, useMe } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import type { MessageView, RoomView } from '../../store/model.ts';
import { IconButton } from '../../ui/button.tsx';

const QUICK_REACTIONS = ['👍', '❤️', '😂'] as const;

type MessageToolsProps = {
  readonly room: RoomView;
  readonly message: MessageView;
  readonly own: boolean;
  readonly focused: boolean;
};

/** What can be done with a message; shown under the pointer and, for the keyboard, on the focused message. */
export function MessageTools({ room, message, own, focused }: MessageToolsProps) {
  const app = useApp();
  const me = useMe();
  const tabIndex = focused ? 0 : -1;
  const mayDelete = own || room.role === 'owner' || room.role === 'moderator';
  const run = (action: Promise<void>): void => {
    action.catch((error: unknown) => app.toast(errorWords(error), { tone: 'bad' }));
  };
  const copy = async (): Promise<void> => {
    app.toast((await copyText(message.text)) ? 'Copied.' : 'Your browser did not allow copying.');
  };
  const hasMine = (emoji: string): boolean =>
    message.reactions.some(
      (reaction) =>
        reaction.emoji === emoji && me !== undefined && reaction.userIds.includes(me.id),
    );
  return (
    <div className="message-tools" role="group" aria-label="Message actions">
      {QUICK_REACTIONS.map((emoji) => (
        <IconButton
          key={emoji}
          label={`React ${emoji}`}
          tabIndex={tabIndex}
          onClick={() =>
            run(app.backend.messages.react(room.id, message.seq, emoji, !hasMine(emoji)))
          }
        >
          <span className="tool-emoji">{emoji}</span>
        </IconButton>
      ))}
      <IconButton label="Copy text" tabIndex={tabIndex} onClick={() => void copy()}>
        <Copy size={16} />
      </IconButton>
      {own ? (
        <IconButton
          label="Edit message"
          tabIndex={tabIndex}
          onClick={() => app.setEditing({ roomId: room.id, seq: message.seq })}
        >
          <Pencil size={16} />
        </IconButton>
      ) : null}
      {mayDelete ? (
        <IconButton
          label="Delete message"
          tabIndex={tabIndex}
          onClick={() => run(app.backend.messages.delete(room.id, message.seq))}
        >
          <Trash2 size={16} />
        </IconButton>
      ) : null}
    </div>
  );
}
