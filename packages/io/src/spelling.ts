/** A path and one below it, as the caller spelled the first: what is relative somewhere stays so. */
export function under(path: string, below: string): string {
  if (below === '') return path;
  return path === '' || path.endsWith('/') ? `${path}${below}` : `${path}/${below}`;
}

/** How to get from paths below a directory, as a medium presents both, to what they are from that directory. */
export function relativeTo(directory: string): (path: string) => string {
  const skipped = directory === '' || directory.endsWith('/') ? directory.length : directory.length + 1;
  return (path) => path.slice(skipped);
}
