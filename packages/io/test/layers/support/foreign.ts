import type { Medium } from '@core/io';

/** The same medium by its methods alone, as one of another maker or another copy of the package would come. */
export function foreign(medium: Medium): Medium {
  return new Proxy({} as Medium, {
    get: (_target, name) => {
      const value: unknown = Reflect.get(medium, name, medium);
      return typeof value === 'function' ? (value.bind(medium) as unknown) : value;
    },
  });
}
