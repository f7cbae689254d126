import * as v from "valibot";

/** What items have to be like, with the sentences that people see when it is not. */
export const itemInput = v.object({
  name: v.pipe(
    v.string("Enter a name."),
    v.trim(),
    v.nonEmpty("Enter a name."),
    v.maxLength(80, "Use 80 characters at most."),
  ),
  quantity: v.pipe(
    v.number("Enter a whole number, such as 3."),
    v.integer("Enter a whole number, such as 3."),
    v.minValue(0, "Enter 0 or more."),
    v.maxValue(1_000_000, "Enter 1000000 at most."),
  ),
  notes: v.optional(v.pipe(v.string("Enter a text."), v.trim(), v.maxLength(500, "Use 500 characters at most.")), ""),
});
