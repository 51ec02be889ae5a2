/** Safetensors files made by hand, sound ones and lying ones. */

export type StoredTensor = { dtype: string; shape: number[]; bytes: Uint8Array };

/** A file from header text, data and, for lies, another header length than the text's. */
export function safetensorsFile(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0), claimed?: bigint) {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  return Buffer.concat([length, text, data]);
}

/** A sound file. */
export function safetensors(tensors: Readonly<Record<string, StoredTensor>>, metadata?: Record<string, string>) {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  return safetensorsFile(JSON.stringify(header), Buffer.concat(parts));
}

export function f32(shape: number[], values: ArrayLike<number>): StoredTensor {
  return { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** float32 tensor of small numbers that differ. */
export function counting(shape: number[], start = 0): StoredTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return f32(
    shape,
    Array.from({ length: count }, (_, i) => ((start + i) % 64) / 64),
  );
}
