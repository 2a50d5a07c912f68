/** The program is `main.ts`; nothing of it is for other packages. */
export { ExitCode } from './args/exit-codes.ts';
