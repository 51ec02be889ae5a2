/** Logarithms of factorials, for binomial probabilities that over- and underflow as numbers. */

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
const exactBelow = 16;

/** ln(n!) for an integer n >= 0; relative error about 1e-15. */
export function logFactorial(n: number): number {
  if (n < exactBelow) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  return (n + 0.5) * Math.log(n) - n + halfLogTwoPi + stirlingCorrection(n);
}

/** ln(n!) minus Stirling's (n + 1/2) ln n - n + ln(2 pi) / 2, for n >= 16. */
function stirlingCorrection(n: number): number {
  const inverse = 1 / n;
  const squared = inverse * inverse;
  return inverse * (1 / 12 - squared * (1 / 360 - squared * (1 / 1260 - squared * (1 / 1680 - squared / 1188))));
}

/** ln of the binomial probability of k successes in n trials, 0 < p < 1. */
export function logBinomialProbability(k: number, n: number, p: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
}
