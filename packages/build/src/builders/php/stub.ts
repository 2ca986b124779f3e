/** What a PHAR does when it is run, or included: the program in it. */
export function runningStub(entry: string): string {
  const path = entry.replace(/['\\]/g, String.raw`\$&`);
  return `#!/usr/bin/env php
<?php
if (!class_exists('Phar')) {
    fwrite(STDERR, basename(__FILE__) . " needs PHP with the extension phar\\n");
    exit(1);
}
Phar::mapPhar();
return require 'phar://' . __FILE__ . '/${path}';
__HALT_COMPILER();`;
}

/** A program without its line for the shell: PHP before 8 prints it where a file is included. */
export function withoutShebang(program: Uint8Array): Uint8Array {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  if (!bytes.subarray(0, 2).equals(Buffer.from('#!'))) return program;
  const end = bytes.indexOf(0x0a);
  return end < 0 ? new Uint8Array() : bytes.subarray(end + 1);
}
