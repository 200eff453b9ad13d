import { styleText } from 'node:util';

type Style = (text: string) => string;

/** Colours, or the plain text where nobody looks at a terminal. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly red: Style;
  readonly cyan: Style;
}

export const createPaint = (coloured: boolean): Paint => {
  const style = (name: keyof Paint): Style =>
    coloured ? (text) => styleText(name, text, { validateStream: false }) : (text) => text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    green: style('green'),
    yellow: style('yellow'),
    red: style('red'),
    cyan: style('cyan'),
  };
};
