import { useAppState } from '../../store/app-store.ts';
import { listNames } from '../../store/rows.ts';
import type { TypistView } from '../../store/model.ts';

const NOBODY: readonly TypistView[] = [];

/** Who is typing: a line of fixed height, so that nothing ever moves; not read aloud. */
export function TypingLine({ roomId }: { readonly roomId: string }) {
  const typists = useAppState((state) => state.typing[roomId]) ?? NOBODY;
  return (
    <p className={typists.length > 0 ? 'typing-line is-typing' : 'typing-line'} aria-hidden="true">
      <span className="typing-dots">
        <span />
        <span />
        <span />
      </span>
      <span className="typing-words">{typingWords(typists)}</span>
    </p>
  );
}

/** "Ana is typing", "Ana and Bo are typing", "Several people are typing"; empty for nobody. */
export function typingWords(typists: readonly TypistView[]): string {
  if (typists.length === 0) return '';
  if (typists.length > 2) return 'Several people are typing';
  const names = listNames(
    typists.map(({ name }) => name),
    'others',
  );
  return `${names} ${typists.length === 1 ? 'is' : 'are'} typing`;
}
