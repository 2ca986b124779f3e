/** A line that is longer is given in parts: a guest may send anything. */
const LONGEST_LINE = 1_048_576;

/** The lines of UTF-8, each as soon as it has ended; the last one also where it has not. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts: string[] = [];
  let length = 0;
  const take = (last: string): string => {
    const line = `${parts.join('')}${last}`;
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of bytes) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    for (const piece of [first, ...others].slice(0, -1)) yield withoutEnd(take(piece));
    const rest = others.at(-1) ?? first;
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) yield take('');
  }
  const end = take(decoder.decode());
  if (end !== '') yield withoutEnd(end);
}

/** A console that turns `\n` into `\r\n` may do so twice. Without a pattern: a guest may send millions of them. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(0, end);
}
