/** An image as the graph that encodes it takes it. */
import type { ImageGeometry } from '../../shared/trace.ts';

export type PreprocessedImage = Readonly<{
  /** In the layout that the family's graph wants. */
  pixelValues: Float32Array;
  geometry: ImageGeometry;
  /** J: slots in the decoder's input. */
  imageTokenCount: number;
}>;
