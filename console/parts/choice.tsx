interface Props<T extends string | number> {
  readonly label: string;
  readonly name: string;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** A row of radio buttons drawn as one control: arrow keys and screen readers get what they expect from radios. */
export const Choice = <T extends string | number>({ label, name, options, chosen, onChoose }: Props<T>) => (
  <fieldset class="choice">
    <legend class="unseen">{label}</legend>
    {options.map(({ value, text }) => (
      <label key={value}>
        <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
        <span>{text}</span>
      </label>
    ))}
  </fieldset>
);
