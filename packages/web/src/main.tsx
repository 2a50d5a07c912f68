import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyTheme, followSystemTheme } from './browser/theme.ts';
import { loadChat } from './features/lazy-chat.tsx';
import { createSdkBackend } from './sdk/sdk-backend.ts';
import { createApp } from './store/app-store.ts';
import './main.css';

const WIDE_ENOUGH_FOR_PEOPLE = '(min-width: 1180px)';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
applyTheme();
followSystemTheme();
const app = createApp(createSdkBackend());
app.setPeopleOpen(matchMedia(WIDE_ENOUGH_FOR_PEOPLE).matches);
createRoot(root).render(<App app={app} />);
// Everybody who comes here gets to the chat; the first page does not wait for it.
loadChat().catch(() => undefined);
