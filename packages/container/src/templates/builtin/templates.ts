import { CORE_DEV } from './core-dev.ts';
import { SERVER_PHP } from './server-php.ts';

/** The built-in templates by name. */
export const BUILT_IN: Readonly<Record<string, string>> = { 'core-dev': CORE_DEV, 'server-php': SERVER_PHP };
