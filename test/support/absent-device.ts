import type { OnnxDevice } from '../../src/main/engine/devices.ts';

/** A device that no package of the runtime has on this platform, whatever hardware there is. */
export const absentDevice: OnnxDevice = process.platform === 'darwin' ? 'dml' : 'coreml';
