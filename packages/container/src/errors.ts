import { CoreError, type CoreErrorOptions } from '@core/io';

/** The codes of `@core/container`: permanent names, documented in its README. */
export type ContainerErrorCode =
  | 'ERR_CONTAINER_NOT_FOUND'
  | 'ERR_CONTAINER_NOT_RUNNING'
  | 'ERR_CONTAINER_IMAGE_NOT_FOUND'
  | 'ERR_CONTAINER_IMAGE_UNSUPPORTED'
  | 'ERR_CONTAINER_STATE_CORRUPT'
  | 'ERR_TEMPLATE_VARIABLE_MISSING';

/** What a {@link ContainerError} is made from. */
export interface ContainerErrorOptions extends CoreErrorOptions {
  readonly code: ContainerErrorCode;
  /** The machine's id or name, the image or the template. */
  readonly id?: string | undefined;
}

/**
 * A machine, an image or a template that cannot be had as asked.
 *
 * @example
 * ```ts
 * import { ContainerError } from '@core/container';
 *
 * const error = new ContainerError('Cannot stop "web": it is not running', {
 *   code: 'ERR_CONTAINER_NOT_RUNNING',
 *   op: 'container.stop',
 *   id: 'web',
 * });
 * assert.equal(error.code, 'ERR_CONTAINER_NOT_RUNNING');
 * assert.equal(error.id, 'web');
 * ```
 */
export class ContainerError extends CoreError {
  declare readonly code: ContainerErrorCode;
  declare readonly id?: string;

  constructor(message: string, options: ContainerErrorOptions) {
    super(message, options);
    if (options.id !== undefined) this.id = options.id;
  }
}
