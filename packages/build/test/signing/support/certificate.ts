import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempDir } from '../../support/temp-project.ts';

/** What must not be found anywhere. */
export const PASSWORD = 'p4ss wörd ‹of› the pfx';

/** A certificate for code signing that signs itself, made for the tests. */
export interface Certificate {
  readonly dir: string;
  /** Certificate and key, with the password. */
  readonly pfx: string;
  /** The same without a password. */
  readonly open: string;
  readonly pem: string;
}

export function makeCertificate(): Certificate {
  const dir = tempDir();
  const at = (name: string) => join(dir, name);
  const openssl = (args: readonly string[], env: Record<string, string> = {}) =>
    execFileSync('openssl', args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const subject = ['-subj', '/CN=Example', '-addext', 'extendedKeyUsage=codeSigning', '-days', '30', '-nodes'];
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-keyout', at('key.pem'), '-out', at('cert.pem'), ...subject]);
  const both = ['pkcs12', '-export', '-inkey', at('key.pem'), '-in', at('cert.pem')];
  openssl([...both, '-out', at('cert.pfx'), '-passout', 'env:PFX'], { PFX: PASSWORD });
  openssl([...both, '-out', at('open.pfx'), '-passout', 'env:PFX'], { PFX: '' });
  return { dir, pfx: at('cert.pfx'), open: at('open.pfx'), pem: at('cert.pem') };
}

/** A real program for Windows. */
export function makeProgram(): Uint8Array {
  const dir = tempDir({ 'main.c': 'int main(void) { return 0; }\n' });
  execFileSync('x86_64-w64-mingw32-gcc', ['-s', '-o', 'app.exe', 'main.c'], { cwd: dir });
  return readFileSync(join(dir, 'app.exe'));
}
