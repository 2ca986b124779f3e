const SECRET_NAME = /auth(?!or)|cookie|credential|key|pass|pwd|secret|token/i;
/** A shorter value would take harmless words out of a message. */
const SHORTEST = 6;

/** The values of an environment that nobody should read in a message, longest first. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(env)
    .filter(([name]) => SECRET_NAME.test(name))
    .map(([, value = '']) => value);
  return [...new Set(values)].filter((value) => value.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** The text with every secret replaced by `***`. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
