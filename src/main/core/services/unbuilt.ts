/** Work in progress: procedures of the contract that have no service yet. */
export const unbuilt = (): Promise<never> => Promise.reject(new Error('this procedure is not built yet'));
