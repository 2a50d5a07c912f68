import { assertNever } from '../store/assert-never.ts';
import type { DialogView } from '../store/state.ts';
import { ProfileDialog } from './profile/profile-dialog.tsx';
import { BrowseDialog } from './rooms/browse-dialog.tsx';
import { KickDialog, LeaveRoomDialog } from './rooms/confirm-dialogs.tsx';
import { CreateRoomDialog } from './rooms/create-room-dialog.tsx';
import { JoinCodeDialog } from './rooms/join-code-dialog.tsx';
import { RoomSettingsDialog } from './rooms/room-settings-dialog.tsx';
import { ShareDialog } from './rooms/share-dialog.tsx';
import { SwitcherDialog } from './rooms/switcher-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

/** Draws a dialog. */
export function OpenDialog({ dialog }: { readonly dialog: DialogView }) {
  switch (dialog.kind) {
    case 'create-room':
      return <CreateRoomDialog />;
    case 'join-code':
      return <JoinCodeDialog />;
    case 'browse':
      return <BrowseDialog />;
    case 'switcher':
      return <SwitcherDialog />;
    case 'shortcuts':
      return <ShortcutsDialog />;
    case 'profile':
      return <ProfileDialog />;
    case 'share':
      return <ShareDialog roomId={dialog.roomId} />;
    case 'room-settings':
      return <RoomSettingsDialog roomId={dialog.roomId} />;
    case 'leave-room':
      return <LeaveRoomDialog roomId={dialog.roomId} />;
    case 'kick':
      return <KickDialog roomId={dialog.roomId} userId={dialog.userId} name={dialog.name} />;
    default:
      return assertNever(dialog);
  }
}
