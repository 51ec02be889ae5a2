/** The examples under a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  penumbra ${line}`)].join('\n');
}
