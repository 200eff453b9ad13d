/** One request to the laptop's AWS port and its answer, as they were on the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: Buffer;
}

/** One line of a file of exchanges, and back. */
export const toLine = ({ body, answer, ...rest }: Exchange): string =>
  JSON.stringify({ ...rest, body: body.toString('base64'), answer: answer.toString('base64') });

export const parseLine = (line: string): Exchange => {
  const { body, answer, ...rest } = JSON.parse(line) as Omit<Exchange, 'body' | 'answer'> & Record<string, string>;
  return { ...rest, body: Buffer.from(body ?? '', 'base64'), answer: Buffer.from(answer ?? '', 'base64') };
};
