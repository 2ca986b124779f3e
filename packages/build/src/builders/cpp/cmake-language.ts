/** One call in a CMakeLists.txt. */
export interface CMakeCommand {
  /** In lower case, since CMake does not tell cases apart. */
  readonly name: string;
  /** As they are written, without their quotes. */
  readonly args: readonly string[];
}

/**
 * Comments, bracket arguments, quoted and unquoted ones, parentheses:
 * https://cmake.org/cmake/help/latest/manual/cmake-language.7.html#syntax
 */
const TOKEN =
  /#\[(?<hashes>=*)\[[^]*?\]\k<hashes>\]|#[^\n]*|\[(?<marks>=*)\[(?<bracket>[^]*?)\]\k<marks>\]|"(?<quoted>(?:[^"\\]|\\[^])*)"|(?<parenthesis>[()])|(?<word>(?:[^\s()#"\\]|\\[^])+)/g;

/** The calls of a CMakeLists.txt in their order; what is no call is left out. */
export function* cmakeCommands(text: string): Generator<CMakeCommand> {
  let [name, depth]: [string | undefined, number] = [undefined, 0];
  let args: string[] = [];
  for (const token of text.matchAll(TOKEN)) {
    const { bracket, parenthesis, quoted, word } = token.groups ?? {};
    if (parenthesis === '(') depth += 1;
    else if (parenthesis === ')') depth = Math.max(0, depth - 1);
    else if (depth > 0) args.push(...[bracket, quoted, word].filter((one) => one !== undefined));
    else if (word !== undefined) [name, args] = [word.toLowerCase(), []];
    if (parenthesis !== ')' || depth > 0 || name === undefined) continue;
    yield { name, args };
    name = undefined;
  }
}
