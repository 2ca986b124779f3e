import type { Step } from './template-document.ts';

/** Takes down what is refused: where, by which rule, and why. */
export type Refuse = (path: readonly Step[], rule: string, message: string) => void;
