/** Makes calls wait for the calls before them, for work that several loops share. */

/** The same work, one call after the other, in the order of the calls; one that fails holds up nobody. */
export function inTurn<Input extends unknown[], Result>(
  work: (...input: Input) => Promise<Result>,
): (...input: Input) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (...input) => {
    const own = last.then(() => work(...input));
    last = own.catch(() => undefined);
    return own;
  };
}
