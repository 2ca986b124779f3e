export { ContainerError, type ContainerErrorCode, type ContainerErrorOptions } from './errors.ts';
