/** The model families, as bundles and settings name them. */
export const architectures = ['qwen2-vl', 'chameleon'] as const;
export type Architecture = (typeof architectures)[number];
