/** A page of HTML made from a text with a heading, paragraphs and links. */
export function pageOf(text) {
  const blocks = text.trim().split(/\n{2,}/);
  const title = blocks[0].replace(/^# /, '');
  const body = blocks.map((block) =>
    block.startsWith('# ') ? `<h1>${escape(title)}</h1>` : `<p>${inline(block)}</p>`,
  );
  const head = `<meta charset="utf-8"><title>${escape(title)}</title><link rel="stylesheet" href="site.css">`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head>\n<body>\n${body.join('\n')}\n</body></html>\n`;
}

/** The addresses that a page links to. */
export function linksOf(html) {
  return [...html.matchAll(/href="([^"]+)"/g)].map(([, address]) => address);
}

function inline(text) {
  return escape(text).replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
