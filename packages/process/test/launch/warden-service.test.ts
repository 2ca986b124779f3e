import { withWarden } from './with-warden.ts';

// all that holds for a service holds for one whose processes come from the warden
withWarden();
await import('../service.test.ts');
