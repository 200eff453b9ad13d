import type { ComponentChildren } from 'preact';

const Icon = ({ children }: { readonly children: ComponentChildren }) => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    {children}
  </svg>
);

/** A mill wheel over the race that drives it; the same drawing as mark.svg. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" width="26" height="26" aria-hidden="true" focusable="false">
    <circle cx="12" cy="9.6" r="4.9" />
    <path d="M12 2v5m0 5.2v3.6M4.4 9.6h5m5.2 0h5M6.6 4.2l3.5 3.5m3.8 3.8 2.6 2.6m.9-9.9-3.5 3.5M10.1 11.5l-2.6 2.6" />
    <path class="water" d="M2 20.3c1.7-1.7 3.3-1.7 5 0s3.3 1.7 5 0 3.3-1.7 5 0 3.3 1.7 5 0" />
  </svg>
);

export const Chevron = () => (
  <Icon>
    <path d="m6 3.5 4.5 4.5L6 12.5" />
  </Icon>
);

export const Copy = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </Icon>
);

export const Check = () => (
  <Icon>
    <path d="m3 8.5 3.2 3.2L13 4.8" />
  </Icon>
);

export const Play = () => (
  <Icon>
    <path d="M4.5 3v10l8-5z" />
  </Icon>
);

export const Warning = () => (
  <Icon>
    <path d="M8 2 1.5 13.5h13zM8 6.5v3.2m0 1.7v.1" />
  </Icon>
);

export const Sun = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.9" />
    <path d="M8 1v1.5m0 11V15M1 8h1.5m11 0H15M3.1 3.1l1 1m7.8 7.8 1 1m0-9.8-1 1M4.1 11.9l-1 1" />
  </Icon>
);

export const Moon = () => (
  <Icon>
    <path d="M13.5 9.7A5.9 5.9 0 0 1 6.3 2.5a5.9 5.9 0 1 0 7.2 7.2Z" />
  </Icon>
);

export const Screen = () => (
  <Icon>
    <rect x="1.5" y="2.5" width="13" height="8.5" rx="1.5" />
    <path d="M5.5 14h5M8 11v3" />
  </Icon>
);
