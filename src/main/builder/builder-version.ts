/** Changes when the same checkpoint would give another bundle. */
export const builderVersion = '2';
