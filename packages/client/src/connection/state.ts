export type { CloseReasonKind } from './classify-close.ts';
