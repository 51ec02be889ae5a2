/** Image bytes that travelled with a packed run, for machines that do not have the dataset. */
export const packedImages = `
CREATE TABLE packed_images (
  sample_row INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;
`;
