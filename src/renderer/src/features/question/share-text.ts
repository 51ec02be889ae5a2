/** A share of attention in per cent, to three digits: single slots of a large grid get very little. */
export function shareText(share: number): string {
  const shown = 100 * share;
  return `${shown !== 0 && shown < 0.001 ? shown.toExponential(1) : String(Number(shown.toPrecision(3)))} %`;
}
