/** What the runtime calls each device, and how its memory lies. */
import type { Device } from '../../shared/run-settings.ts';

/** A device itself, not the choice of the best one. */
export type OnnxDevice = Exclude<Device, 'auto'>;

export type DeviceSettings = Readonly<{
  /** The runtime's name of the execution provider. */
  provider: string;
  /** Tensors can stay in the device's memory from one run to the next. */
  hasOwnMemory: boolean;
  /** Its fused attention kernel is right. */
  hasFusedAttention: boolean;
}>;

export const deviceSettings: Readonly<Record<OnnxDevice, DeviceSettings>> = {
  cpu: { provider: 'cpu', hasOwnMemory: false, hasFusedAttention: true },
  webgpu: { provider: 'webgpu', hasOwnMemory: true, hasFusedAttention: false },
  // From Node, this provider's outputs come back over the bus with every run.
  cuda: { provider: 'cuda', hasOwnMemory: false, hasFusedAttention: true },
  dml: { provider: 'dml', hasOwnMemory: false, hasFusedAttention: false },
  coreml: { provider: 'coreml', hasOwnMemory: false, hasFusedAttention: false },
};
