import type { OutputLine } from '../../output/lines.ts';
import { LineCleaner } from './control.ts';

/** The end of what a task wrote, as lines that harm nobody; the oldest are let go where there is no room. */
export class LineLog {
  readonly #cleaners: Readonly<Record<OutputLine['stream'], LineCleaner>>;
  readonly #mostCharacters: number;
  #lines: string[] = [];
  #first = 0;
  #characters = 0;
  #leftOut = 0;
  /** The stream whose piece of a line is the last. */
  #open: OutputLine['stream'] | undefined;

  constructor(colors: boolean, mostCharacters: number) {
    this.#cleaners = { stdout: new LineCleaner(colors), stderr: new LineCleaner(colors) };
    this.#mostCharacters = mostCharacters;
  }

  add(lines: readonly OutputLine[]): void {
    for (const { stream, line, partial = false } of lines) {
      const text = this.#cleaners[stream].clean(line);
      if (this.#open === stream) this.#lines.push((this.#lines.pop() ?? '') + text);
      else this.#lines.push(text);
      this.#characters += text.length;
      this.#open = partial ? stream : undefined;
      this.#letGo();
    }
  }

  /** A line that the task did not write itself. */
  note(text: string): void {
    this.#open = undefined;
    this.#lines.push(text);
    this.#characters += text.length;
  }

  /** What is kept, after a line that tells how many lines are not. */
  lines(): string[] {
    const kept = this.#lines.slice(this.#first);
    return this.#leftOut === 0 ? kept : [`… ${String(this.#leftOut)} earlier lines left out`, ...kept];
  }

  #letGo(): void {
    while (this.#characters > this.#mostCharacters && this.#first < this.#lines.length - 1) {
      this.#characters -= this.#lines[this.#first]?.length ?? 0;
      this.#lines[this.#first] = '';
      this.#first += 1;
      this.#leftOut += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
    const last = this.#lines.at(-1) ?? '';
    if (last.length <= this.#mostCharacters) return;
    this.#lines[this.#lines.length - 1] = `…${last.slice(-this.#mostCharacters / 2).toWellFormed()}`; // one endless line
    this.#characters = this.#lines.at(-1)?.length ?? 0;
  }
}

/** The last lines of a text, harmless and without empty ones around them. */
export function lastLines(text: string, most: number, colors: boolean): string[] {
  const cleaner = new LineCleaner(colors);
  const lines = text
    .slice(-most * LONGEST_TAIL)
    .trimEnd()
    .split('\n')
    .slice(-most);
  return text.trim() === '' ? [] : lines.map((line) => cleaner.clean(line.slice(-LONGEST_TAIL).toWellFormed()));
}

const LONGEST_TAIL = 2000;
