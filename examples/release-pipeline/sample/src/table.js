/** Rows of numbers under their names, the file at the end. */
export function formatTable(rows, columns) {
  const head = columns.join('  ');
  const lines = rows.map((row) => {
    const numbers = columns.map((column) => String(row[column]).padStart(column.length));
    return `${numbers.join('  ')}  ${row.file}`;
  });
  return [head, ...lines].join('\n');
}
