import { withWarden } from './with-warden.ts';

// all that holds for a process holds for one whose processes come from the warden
withWarden();
await import('../process.test.ts');
