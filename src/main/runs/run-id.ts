/** Run ids are ULIDs: 48 bits of time and 80 random bits in Crockford's base 32, so that they sort by age. */
import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new id; `now` in ms since 1970. */
export function createRunId(now: number = Date.now()): string {
  let bits = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`);
  let id = '';
  for (let digit = 0; digit < 26; digit += 1) {
    id = (alphabet[Number(bits & 31n)] ?? '') + id;
    bits >>= 5n;
  }
  return id;
}
