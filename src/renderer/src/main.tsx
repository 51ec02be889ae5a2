/** Entry of the page. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { readPreferences } from './api/preferences.ts';
import { App } from './app/app.tsx';
import { listenForKeys } from './app/key-presses.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
listenForKeys();
await readPreferences();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
