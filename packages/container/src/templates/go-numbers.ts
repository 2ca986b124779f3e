import type { ScalarTag } from 'yaml';

/**
 * What LinuxKit's reader takes for a number beside what YAML 1.2 does: `1_000`, `0b11`, `-0x1F`. Anything else that begins
 * like a number stays a text.
 *
 * Source: `resolve.go` of gopkg.in/yaml.v3.
 */
export const GO_NUMBERS: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false, // nothing is written with it
  test: /^[-+]?\d/,
  resolve: (text) => goNumber(text.replaceAll('_', '')) ?? text,
};

/** Whether a number is read as a whole one; `08`, `1e3` and `5.0` are fractions, whatever their value. */
export function isWhole(text: string): boolean {
  return INTEGER.test(text.replaceAll('_', ''));
}

const INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const DECIMAL = /^[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$/;

function goNumber(text: string): number | undefined {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (digits === undefined) return DECIMAL.test(text) ? Number(text) : undefined;
  const value = Number(digits.replace(/^0(?=\d)/, '0o'));
  return sign === '-' ? -value : value;
}
