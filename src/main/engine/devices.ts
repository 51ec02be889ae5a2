/** What the runtime calls each device, and how its memory lies. */
import { devices, type Device } from '../../shared/run-settings.ts';

/** A device itself, not the choice of the best one. */
export type OnnxDevice = Exclude<Device, 'auto'>;

/** In the order of the settings. */
export const onnxDevices = devices.filter((device): device is OnnxDevice => device !== 'auto');

export type DeviceSettings = Readonly<{
  /** The runtime's name of the execution provider. */
  provider: string;
  /** Tensors can stay in the device's memory from one run to the next. */
  hasOwnMemory: boolean;
  /** Its fused attention kernel is right. */
  hasFusedAttention: boolean;
  /**
   * Positions of the decoder, and patches of the vision tower, in one run: they bound its activations. On the
   * processor products are as fast from here on; a card wants all that it can get.
   */
  positionsAtOnce: number;
}>;

const unbounded = Number.MAX_SAFE_INTEGER;

export const deviceSettings: Readonly<Record<OnnxDevice, DeviceSettings>> = {
  cpu: { provider: 'cpu', hasOwnMemory: false, hasFusedAttention: true, positionsAtOnce: 128 },
  webgpu: { provider: 'webgpu', hasOwnMemory: true, hasFusedAttention: false, positionsAtOnce: unbounded },
  // From Node, this provider's inputs and outputs cross the bus with every run.
  cuda: { provider: 'cuda', hasOwnMemory: false, hasFusedAttention: true, positionsAtOnce: unbounded },
  dml: { provider: 'dml', hasOwnMemory: false, hasFusedAttention: false, positionsAtOnce: unbounded },
  coreml: { provider: 'coreml', hasOwnMemory: false, hasFusedAttention: false, positionsAtOnce: unbounded },
};

/** What the runtime says where a device is not there at all, in words that help. */
export const absences: readonly Readonly<{ pattern: RegExp; message: string; action: string }>[] = [
  {
    pattern: /backend not found/i,
    message: "ONNX Runtime's package for this platform has no such device.",
    action: 'Choose another device.',
  },
  {
    pattern: /Provider_Cuda: Failed to load shared library/i,
    message: 'What CUDA needs of ONNX Runtime cannot be loaded.',
    action: 'With an NVIDIA card, run "npm run cuda" once (Linux x64) and install the CUDA 12 and cuDNN 9 libraries.',
  },
  {
    pattern: /Failed to get a WebGPU adapter|No supported adapters/i,
    message: 'There is no graphics adapter that WebGPU can use.',
    action:
      'With a graphics card, install its driver, on Linux also the Vulkan loader (libvulkan1); in a container the card has to be passed on.',
  },
];
