import { homedir } from 'node:os';

import { type CancelOptions, isCoreError, localMedium, type Medium } from '@core/io';
import { Service } from '@core/process';

import { ContainerError } from '../errors.ts';
import { buildWithLinuxKit, type ImageBuilder, type ImageRequest } from './build-image.ts';
import { BUILT_IN } from './builtin/templates.ts';
import { descriptionOf, type Template } from './template.ts';
import { type ApplyOptions, applyVariables } from './variables.ts';

/** Where templates are. */
export interface TemplateManagerOptions {
  /** The whole disk unless it is given. */
  readonly medium?: Medium | undefined;
  /** Folders with templates, the first one that has a name wins; `~` is the user's home. */
  readonly dirs?: readonly string[] | undefined;
}

/** How an image is built from a template. */
export interface BuildImageOptions extends CancelOptions, ApplyOptions {
  /** One of linuxkit's formats: `kernel+initrd` unless it is given. */
  readonly format?: string | undefined;
  /** The values of its variables. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  /** Folder for the image; the working directory unless it is given. */
  readonly dir?: string | undefined;
  /** What the image is called; the template's name unless it is given. */
  readonly name?: string | undefined;
  /** Builds it in another way than by the command `linuxkit`: with the LinuxKit builder of `@core/build`, for example. */
  readonly builder?: ImageBuilder | undefined;
}

const DIRS = ['.core/linuxkit', '~/.core/linuxkit'];
const FILE = /^([A-Za-z0-9][\w.-]{0,99})\.ya?ml$/;

/**
 * The templates of LinuxKit images: two that come with the package, and those in the user's folders.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { TemplateManager } from '@core/container';
 *
 * const medium = new MemoryMedium({ '.core/linuxkit/tiny.yml': '# Only a kernel\nkernel:\n  cmdline: ${WORDS:-quiet}\n' });
 * const templates = new TemplateManager({ medium, dirs: ['.core/linuxkit'] });
 * const names = (await templates.listTemplates()).map(({ name, description }) => `${name}: ${description}`);
 * assert.equal(names[2], 'tiny: Only a kernel');
 * assert.match(await templates.applyTemplate('tiny', { WORDS: 'debug' }), /cmdline: debug/);
 * ```
 */
export class TemplateManager {
  readonly #medium: Medium;
  readonly #dirs: readonly string[];

  constructor({ medium = localMedium(), dirs = DIRS }: TemplateManagerOptions = {}) {
    this.#medium = medium;
    this.#dirs = dirs.map((dir) => dir.replace(/^~(?=\/|$)/, homedir()));
  }

  /** All templates: the built-in ones, then the user's by name. A user's one with a built-in name is left out. */
  async listTemplates(options: CancelOptions = {}): Promise<Template[]> {
    const found = new Map(Object.entries(BUILT_IN).map(([name, content]) => [name, builtIn(name, content)]));
    const own = new Map<string, Template>();
    for (const dir of this.#dirs) {
      for (const [name, path] of await this.#files(dir, options)) {
        if (found.has(name) || own.has(name)) continue;
        const content = await this.#medium.read(path, options);
        own.set(name, { name, path, builtIn: false, content, description: descriptionOf(content) });
      }
    }
    return [...found.values(), ...[...own.values()].sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  /**
   * One template.
   *
   * @throws `ERR_TEMPLATE_NOT_FOUND`, naming those that there are.
   */
  async getTemplate(name: string, options: CancelOptions = {}): Promise<Template> {
    const content = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
    if (content !== undefined) return builtIn(name, content);
    const all = await this.listTemplates(options);
    const found = all.find((template) => template.name === name);
    if (found !== undefined) return found;
    throw new ContainerError(`Cannot get the template ${JSON.stringify(name)}: there is none`, {
      code: 'ERR_TEMPLATE_NOT_FOUND',
      op: 'template.get',
      id: name,
      hint: `There are ${all.map((template) => template.name).join(', ')}; own ones are in ${this.#dirs.join(' and ')}.`,
    });
  }

  /**
   * A template with its variables filled in; see `applyVariables`.
   *
   * @throws `ERR_TEMPLATE_NOT_FOUND`, `ERR_TEMPLATE_VARIABLE_MISSING`, `ERR_TEMPLATE_INVALID`.
   */
  async applyTemplate(
    name: string,
    vars: Readonly<Record<string, string>> = {},
    { signal, raw }: CancelOptions & ApplyOptions = {},
  ): Promise<string> {
    const { content } = await this.getTemplate(name, { signal });
    return applyVariables(content, vars, { raw });
  }

  /**
   * Builds the image of a template. Resolves with the paths of what was made.
   *
   * @throws as `applyTemplate`; `ERR_CONTAINER_TOOL_MISSING` without the command `linuxkit`, `ERR_CONTAINER_TOOL_FAILED`
   *   with its own words.
   */
  async buildImage(template: string, options: BuildImageOptions = {}): Promise<readonly string[]> {
    const { format = 'kernel+initrd', vars, dir = '.', name = template, builder, signal, raw } = options;
    const content = await this.applyTemplate(template, vars, { signal, raw });
    const request: ImageRequest = { content, format, dir, name, signal };
    if (builder !== undefined) return builder(request);
    const service = new Service();
    try {
      return await buildWithLinuxKit(request, { medium: this.#medium, service });
    } finally {
      await service.close();
    }
  }

  async #files(dir: string, options: CancelOptions): Promise<(readonly [string, string])[]> {
    try {
      const entries = await this.#medium.list(dir, options);
      return entries.flatMap(({ name, path }) => {
        const stem = FILE.exec(name)?.[1];
        return stem === undefined ? [] : [[stem, path] as const];
      });
    } catch (error) {
      if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
      throw error;
    }
  }
}

function builtIn(name: string, content: string): Template {
  return { name, builtIn: true, content, description: descriptionOf(content) };
}
