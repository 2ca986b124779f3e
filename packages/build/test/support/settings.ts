/** Settings of a configuration, as the file nests them. */
export type Settings = Readonly<Record<string, unknown>>;

/** The settings that have only this value: `put('archive.format', 'zip')`, `put('targets[].os', 'linux')`. */
export function put(key: string, value: unknown): Settings {
  const [first = '', ...rest] = key.split('.');
  const inner = rest.length === 0 ? value : put(rest.join('.'), value);
  return first.endsWith('[]') ? { [first.slice(0, -2)]: [inner] } : { [first]: inner };
}

/** Both together: maps are put into each other, lists are joined, and else `more` wins. */
export function together(settings: Settings, more: Settings): Settings {
  const joined: Record<string, unknown> = { ...settings };
  for (const [key, value] of Object.entries(more)) joined[key] = join(settings[key], value);
  return joined;
}

function join(one: unknown, other: unknown): unknown {
  if (isMap(one) && isMap(other)) return together(one, other);
  if (!Array.isArray(one) || !Array.isArray(other)) return other;
  const [first, second] = [one[0], other[0]] as unknown[];
  return isMap(first) && isMap(second) ? [together(first, second)] : [...(one as unknown[]), ...(other as unknown[])];
}

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
