/** Elements that begin a block, which ends with a blank line. Source: CommonMark 0.31, HTML blocks, 6. */
const BLOCKS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|' +
  'track|ul';
const BLOCK = new RegExp(`^</?(?:${BLOCKS})(?:[ \\t]|/?>|$)`, 'i');
const ATTRIBUTE = '[ \\t]+[A-Za-z_:][\\w.:-]*(?:[ \\t]*=[ \\t]*(?:[^ \\t"\'=<>`]+|\'[^\']*\'|"[^"]*"))?';
const LONE_TAG = new RegExp(
  `^(?:<[A-Za-z][A-Za-z\\d-]*(?:${ATTRIBUTE})*[ \\t]*/?>|</[A-Za-z][A-Za-z\\d-]*[ \\t]*>)[ \\t]*$`,
);

/** What hides text up to an end of its own, blank lines included. */
const HIDING: readonly (readonly [opening: RegExp, closing: RegExp])[] = [
  [/^<(?:script|pre|style|textarea)(?=[ \t>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
];

/** A block of HTML: no Markdown is read in it. */
export interface HtmlBlock {
  /** What ends it, where it hides its text; others end with a blank line, and their text is to be seen. */
  readonly closing: RegExp | undefined;
}

/** The block that a line begins, if it does; without its indent. Not every one may go on in the middle of a paragraph. */
export function htmlBlock(line: string, isParagraph: boolean): HtmlBlock | undefined {
  if (!line.startsWith('<')) return undefined;
  const hiding = HIDING.find(([opening]) => opening.test(line));
  if (hiding !== undefined) return { closing: hiding[1] };
  const isOther = BLOCK.test(line) || (!isParagraph && LONE_TAG.test(line));
  return isOther ? { closing: undefined } : undefined;
}
