const SECRET_NAME = /auth(?!or)|cookie|credential|key|pass|pwd|secret|token/i;
/** Where a shell is and was: folders, which messages are full of. */
const FOLDER_NAME = /^(?:OLD)?PWD$/;
/** A shorter value would take harmless words out of a message. */
const SHORTEST = 6;

/**
 * Makes a function that takes the secrets of an environment out of a text: the values of variables whose names say that
 * they are secret (`…TOKEN`, `…PASSWORD`, `…KEY`, …) become `***`, also single lines of a value that has several.
 *
 * It knows values, not what was made of them: a token in base64 stays where it is. Values shorter than six characters
 * are left alone. Texts have to be whole: what is cut in the middle of a secret shows the rest of it.
 *
 * @example
 * ```ts
 * import { redactor } from '@core/process';
 *
 * const hide = redactor({ DEPLOY_TOKEN: 's3cr3t-value', LANG: 'C.UTF-8' });
 * assert.equal(hide('deploy --token=s3cr3t-value (C.UTF-8)'), 'deploy --token=*** (C.UTF-8)');
 * ```
 */
export function redactor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const secrets = secretsOf(env);
  return (text) => redact(text, secrets);
}

/** The values of an environment that nobody should read in a message, and their lines, longest first. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(env)
    .filter(([name]) => SECRET_NAME.test(name) && !FOLDER_NAME.test(name))
    .flatMap(([, value = '']) => [value, ...value.split(/\r?\n/)]);
  return [...new Set(values)].filter((value) => value.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** The text with every secret replaced by `***`. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
