/** SQL files are bundled and tested as text (esbuild's `text` loader; vitest.config.ts does the same). */
declare module '*.sql' {
  const text: string;
  export default text;
}
