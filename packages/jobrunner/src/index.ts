export { JobrunnerError, type JobrunnerErrorCode, type JobrunnerErrorOptions } from './errors.ts';
