import * as v from "valibot";
import { itemInput } from "./item-input.ts";
import type { Item, ItemInput } from "./item-service.ts";

/** The fields of the form, as they are named in it. */
export type ItemField = keyof ItemInput;

/** What was typed, what is wrong with it, and what it means when nothing is. */
export interface ItemForm {
  readonly values: Readonly<Record<ItemField, string>>;
  readonly errors: Readonly<Partial<Record<ItemField, string>>>;
  readonly input: ItemInput | undefined;
}

/** Everything in a form is text. */
const itemFields = v.object({
  ...itemInput.entries,
  quantity: v.pipe(
    v.string("Enter a whole number, such as 3."),
    v.trim(),
    v.regex(/^-?\d+$/, "Enter a whole number, such as 3."),
    v.transform(Number),
    itemInput.entries.quantity,
  ),
});

export const blankForm: ItemForm = { values: { name: "", quantity: "1", notes: "" }, errors: {}, input: undefined };

export function formOf({ name, quantity, notes }: Item): ItemForm {
  return { values: { name, quantity: String(quantity), notes }, errors: {}, input: undefined };
}

/** Reads what a browser sent; it may be anything. */
export function readItemForm(fields: Readonly<Record<string, unknown>>): ItemForm {
  const values = { name: textOf(fields["name"]), quantity: textOf(fields["quantity"]), notes: textOf(fields["notes"]) };
  const result = v.safeParse(itemFields, values);
  if (result.success) return { values, errors: {}, input: result.output };
  const errors: Partial<Record<ItemField, string>> = {};
  // One sentence for each field is enough.
  for (const [field, [message]] of Object.entries(v.flatten<typeof itemFields>(result.issues).nested ?? {})) {
    errors[field as ItemField] = message;
  }
  return { values, errors, input: undefined };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
