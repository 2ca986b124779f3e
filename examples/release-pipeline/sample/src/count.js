const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a text consists of. */
export function count(text) {
  return {
    lines: text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    words: text.match(/\S+/g)?.length ?? 0,
    letters: [...letters.segment(text)].filter(({ segment }) => segment.trim() !== '').length,
  };
}
