/** `system` follows prefers-color-scheme; the other two are saved, and win over it. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'millrace-theme';

/** Storage may be forbidden (private windows, blocked cookies); the page then just follows the system. */
export const savedTheme = (): Theme => {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === 'light' || saved === 'dark' ? saved : 'system';
  } catch {
    return 'system';
  }
};

export const saveTheme = (theme: Theme): void => {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // not saved: it holds until the page is closed
  }
};

export const applyTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};
