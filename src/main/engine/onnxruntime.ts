/**
 * ONNX Runtime, loaded with its telemetry off: from 1.29 on, its official builds for Linux and macOS report sessions,
 * models' file names and the machine to their maker, unless this variable is there before the runtime begins. On
 * Windows it writes trace events for the system instead, and its Node package has no switch for them.
 */
import { createRequire } from 'node:module';
import type * as Onnxruntime from 'onnxruntime-node';

process.env['ORT_DISABLE_TELEMETRY'] = '1';

// An import would be hoisted above the line before.
export const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node') as typeof Onnxruntime;
export type { InferenceSession as Session, Tensor as OnnxTensor } from 'onnxruntime-node';
