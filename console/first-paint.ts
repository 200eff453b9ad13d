/** Runs before the first paint, alone and blocking: a saved theme must not arrive after a flash of the other one. */
import { applyTheme, savedTheme } from './data/theme.ts';

applyTheme(savedTheme());
