/** Where the reader was in a list, by its address, while the program is open: the way back from a question ends there. */
export type Place = Readonly<{ scrollY: number; cursor: number | null }>;

const places = new Map<string, Place>();
const kept = 50;

export function rememberPlace(address: string, place: Place): void {
  places.delete(address);
  places.set(address, place);
  const [oldest] = places.keys();
  if (places.size > kept && oldest !== undefined) places.delete(oldest);
}

export const placeAt = (address: string): Place | null => places.get(address) ?? null;
