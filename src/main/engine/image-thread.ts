/**
 * Entry of a thread that prepares images while a session's work blocks the engine's own thread. What it cannot do
 * (a broken image, no room left) it leaves to that thread, whose failures are then the question's own.
 */
import { parentPort } from 'node:worker_threads';
import { failureOf } from '../../shared/failure.ts';
import { prepareImage, type ImageJob, type PreparedImage } from '../backbones/prepare-image.ts';

export type ThreadRequest = Readonly<{
  jobId: number;
  job: ImageJob;
  /** Int32: 1 once nobody wants the images of this batch any more. */
  dropped: SharedArrayBuffer;
  /** BigInt64: bytes of pixels that all threads prepared and nobody has taken yet. */
  held: SharedArrayBuffer;
  /** The most bytes that may lie there before another image is begun. */
  heldLimit: number;
}>;

/** Null: left undone. */
export type ThreadReply = Readonly<{ jobId: number; prepared: PreparedImage | null }>;

async function serve({ job, dropped, held, heldLimit }: ThreadRequest): Promise<PreparedImage | null> {
  const heldBytes = new BigInt64Array(held);
  if (Atomics.load(new Int32Array(dropped), 0) === 1 || Atomics.load(heldBytes, 0) >= heldLimit) return null;
  try {
    const prepared = await prepareImage(job);
    Atomics.add(heldBytes, 0, BigInt(prepared.image.pixelValues.byteLength));
    return prepared;
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}

async function reply(previous: Promise<void>, request: ThreadRequest): Promise<void> {
  await previous;
  const prepared = await serve(request);
  const message: ThreadReply = { jobId: request.jobId, prepared };
  // Pixels change hands, they are not copied.
  parentPort?.postMessage(message, prepared === null ? [] : [prepared.image.pixelValues.buffer as ArrayBuffer]);
}

// One after the other, so that each image's time is its own.
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: ThreadRequest) => {
  last = reply(last, request);
});
