/** The four shares of a query row's attention, as a question's table and chart name them. */
export const masses = [
  ['visionMass', 'image'],
  ['latentVisionMass', 'latent vision'],
  ['textMass', 'text'],
  ['latentTextMass', 'latent text'],
] as const;
