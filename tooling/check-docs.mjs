/** Every export of every package has a docstring, and every exported value an example (which the tests run). */
import { join } from 'node:path';

import ts from 'typescript';

import { packages } from './packages.mjs';

const entries = packages.flatMap(({ directory, name, subpaths }) =>
  subpaths.map(({ specifier, target }) => ({ name, specifier, file: join(directory, target['@core/source']) })),
);
const program = ts.createProgram(
  entries.map(({ file }) => file),
  {
    allowImportingTsExtensions: true,
    customConditions: ['@core/source'],
    lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
  },
);
const checker = program.getTypeChecker();

/** Whether only the type of the symbol is exported. */
function isTypeOnly(exported) {
  const [declaration] = exported.declarations ?? [];
  if (declaration === undefined || !ts.isExportSpecifier(declaration)) return false;
  return declaration.isTypeOnly || declaration.parent.parent.isTypeOnly;
}

function fault(exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() === '') return 'has no docstring';
  const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(exported);
  if (isValue && !symbol.getJsDocTags(checker).some(({ name }) => name === 'example')) return 'has no @example';
  return undefined;
}

let exportsSeen = 0;
let faults = 0;
for (const { specifier, file } of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
    exportsSeen += 1;
    const problem = fault(exported);
    if (problem === undefined) continue;
    faults += 1;
    console.error(`${specifier}: ${exported.name} ${problem}`);
  }
}
console.log(`${exportsSeen} exports looked at, ${faults} without documentation`);
if (faults > 0) process.exitCode = 1;
