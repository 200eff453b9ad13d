import { type Model, type Ref, shapeOf } from './model.ts';

/** A text of a header, the query or XML as the value its shape has in AWS JSON; undefined when it cannot be one. */
export const toValue = (model: Model, ref: Ref, text: string, usual: 'rfc822' | 'iso8601'): unknown => {
  const shape = shapeOf(model, ref.shape);
  switch (shape.type) {
    case 'integer':
    case 'long':
      return /^-?\d+$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'timestamp':
      return toSeconds(text, ref.timestampFormat ?? shape.timestampFormat ?? usual);
    default:
      return text;
  }
};

const toSeconds = (text: string, format: string): number | undefined => {
  const form = format === 'iso8601' ? iso8601 : httpDate;
  return form.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) / 1000 : undefined;
};

const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** RFC 9110, IMF-fixdate. */
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
