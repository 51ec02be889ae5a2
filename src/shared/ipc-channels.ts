/** Names of the messages between the window's preload script and Electron's main. */
export const ipcChannels = {
  requestCore: 'penumbra:request-core',
  corePort: 'penumbra:core-port',
  pickPath: 'penumbra:pick-path',
  rememberDataset: 'penumbra:remember-dataset',
  menuReady: 'penumbra:menu-ready',
  menu: 'penumbra:menu',
} as const;

/** `data` of the message of the page's own window that carries a port to the core. */
export const corePortMessage = 'penumbra-core-port';
