import { randomUUID } from 'node:crypto';

/** Begins what a GitHub Actions log folds. */
export function beginGroup(title: string): string {
  return `::group::${escapeData(title)}\n`;
}

/** Ends what a GitHub Actions log folds. */
export function endGroup(): string {
  return '::endgroup::\n';
}

/** An error that GitHub Actions shows beside the log. */
export function annotateError(title: string, message: string): string {
  return `::error title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

/**
 * The lines so that GitHub Actions takes none of them for a command: between `::stop-commands::` and a token that
 * nobody can guess. The log itself still obeys `##[group]` and the like at the beginning of a line, which are broken.
 */
export function inert(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const token = randomUUID();
  const safe = lines.map((line) => line.replace(/^(\s*(?:\u001b\[[0-9;:]*m|\s)*#)#\[/, '$1 #['));
  return `::stop-commands::${token}\n${safe.join('\n')}\n::${token}::\n`;
}

/** A line of the report itself, in which a name may hold the older form of a command; that one works anywhere in a line. */
export function defused(line: string): string {
  return line.replaceAll('##[', '# #[');
}

/** As the runner of GitHub Actions takes it back. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
