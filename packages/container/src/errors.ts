import { CoreError, type CoreErrorOptions } from '@core/io';

/** The codes of `@core/container`: permanent names, documented in its README. */
export type ContainerErrorCode =
  | 'ERR_CONTAINER_NOT_FOUND'
  | 'ERR_CONTAINER_AMBIGUOUS'
  | 'ERR_CONTAINER_NAME_TAKEN'
  | 'ERR_CONTAINER_NOT_RUNNING'
  | 'ERR_CONTAINER_RUNNING'
  | 'ERR_CONTAINER_IMAGE_NOT_FOUND'
  | 'ERR_CONTAINER_IMAGE_UNSUPPORTED'
  | 'ERR_CONTAINER_IMAGE_UNSAFE'
  | 'ERR_CONTAINER_VOLUME_NOT_FOUND'
  | 'ERR_CONTAINER_VOLUME_NOT_MOUNTED'
  | 'ERR_CONTAINER_KEY_NOT_FOUND'
  | 'ERR_CONTAINER_PORT_IN_USE'
  | 'ERR_CONTAINER_PORT_REFUSED'
  | 'ERR_CONTAINER_PATH_TOO_LONG'
  | 'ERR_CONTAINER_TOOL_MISSING'
  | 'ERR_CONTAINER_TOOL_FAILED'
  | 'ERR_CONTAINER_DISK_FAILED'
  | 'ERR_CONTAINER_HYPERVISOR_UNAVAILABLE'
  | 'ERR_CONTAINER_START_FAILED'
  | 'ERR_CONTAINER_NOT_READY'
  | 'ERR_CONTAINER_STOP_FAILED'
  | 'ERR_CONTAINER_CONTROL_FAILED'
  | 'ERR_CONTAINER_AGENT_UNAVAILABLE'
  | 'ERR_CONTAINER_EXEC_FAILED'
  | 'ERR_CONTAINER_EXEC_TIMEOUT'
  | 'ERR_CONTAINER_HOST_KEY_CHANGED'
  | 'ERR_CONTAINER_COPY_FAILED'
  | 'ERR_CONTAINER_SAVED_STATE'
  | 'ERR_CONTAINER_STATE_CORRUPT'
  | 'ERR_CONTAINER_STATE_UNREADABLE'
  | 'ERR_CONTAINER_STATE_UNWRITABLE'
  | 'ERR_TEMPLATE_NOT_FOUND'
  | 'ERR_TEMPLATE_INVALID'
  | 'ERR_TEMPLATE_VARIABLE_MISSING';

/** What a {@link ContainerError} is made from. */
export interface ContainerErrorOptions extends CoreErrorOptions {
  readonly code: ContainerErrorCode;
  /** The machine's id or name, the image or the template. */
  readonly id?: string | undefined;
  /** The file that it is about. */
  readonly path?: string | undefined;
  /** What the hypervisor, or the tool that failed, said at last. */
  readonly output?: string | undefined;
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
  declare readonly path?: string;
  declare readonly output?: string;

  constructor(message: string, options: ContainerErrorOptions) {
    super(message, options);
    if (options.id !== undefined) this.id = options.id;
    if (options.path !== undefined) this.path = options.path;
    if (options.output !== undefined) this.output = options.output;
  }
}
