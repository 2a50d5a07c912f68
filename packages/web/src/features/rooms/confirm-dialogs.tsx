import { useLocation } from 'wouter';
import { useApp, useAppState } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useTask } from '../../ui/use-task.ts';

type ConfirmProps = {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly run: () => Promise<void>;
};

/** Asks before something that others notice. */
function Confirm({ title, text, action, run }: ConfirmProps) {
  const app = useApp();
  const task = useTask(errorWords);
  return (
    <Dialog title={title} onClose={app.closeDialog}>
      <p>{text}</p>
      {task.error === undefined ? null : (
        <p className="field-note is-error" role="alert">
          {task.error}
        </p>
      )}
      <div className="dialog-actions">
        <Button data-autofocus onClick={app.closeDialog}>
          Cancel
        </Button>
        <Button look="danger" busy={task.busy} onClick={() => void task.run(run)}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

/** Asks before leaving a room. */
export function LeaveRoomDialog({ roomId }: { readonly roomId: string }) {
  const app = useApp();
  const [, go] = useLocation();
  const room = useAppState((state) => state.rooms.find(({ id }) => id === roomId));
  if (room === undefined) return null;
  return (
    <Confirm
      title={`Leave ${room.name}?`}
      text={
        room.kind === 'public'
          ? 'You can come back at any time.'
          : 'You need its code to come back.'
      }
      action="Leave"
      run={async () => {
        await app.backend.rooms.leave(roomId);
        app.closeDialog();
        go('/');
      }}
    />
  );
}

/** Asks before removing somebody from a room. */
export function KickDialog(props: {
  readonly roomId: string;
  readonly userId: string;
  readonly name: string;
}) {
  const app = useApp();
  return (
    <Confirm
      title={`Remove ${props.name}?`}
      text="They leave the room at once and are told so. They may come back with the code."
      action="Remove"
      run={async () => {
        await app.backend.rooms.kick(props.roomId, props.userId);
        app.closeDialog();
        app.toast(`${props.name} was removed.`);
      }}
    />
  );
}
