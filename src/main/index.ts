/** Entry of the desktop app. */
import { start } from './electron/start.ts';

start();
