/** What a benchmark is doing now, for the person who waits; results go to standard output, this does not. */
export function sayProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}
