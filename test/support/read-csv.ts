/** Reads RFC 4180 text as strictly as the RFC allows: CRLF between records, quotes only around whole cells. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  // A cell is quoted (with doubled quotes inside) or free of quotes, commas and line ends.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    const [, quoted, plain = '', end] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    records.push(cells);
    cells = [];
  }
  return records;
}

/** Records under their header. */
export function readCsvRows(text: string): Record<string, string>[] {
  const [header = [], ...records] = readCsv(text);
  return records.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}
