import { useState } from 'preact/hooks';
import { applyTheme, savedTheme, saveTheme, type Theme } from '../data/theme.ts';
import { Moon, Screen, Sun } from './icons.tsx';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const ICON = { system: Screen, light: Sun, dark: Moon } as const;

export const ThemeToggle = () => {
  const [theme, setTheme] = useState(savedTheme);
  const Shown = ICON[theme];
  const label = `Theme: ${theme}. Change to ${NEXT[theme]}.`;
  const onClick = (): void => {
    const next = NEXT[theme];
    saveTheme(next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="quiet square" aria-label={label} title={label} onClick={onClick}>
      <Shown />
    </button>
  );
};
