/** A value, and why it is the default. */
export type Default<Value> = { value: Value; reason: string }

/** The same for all profiles; `text` is what the schema says of it. */
export const always = <const Value>(value: Value, reason: string, text = String(value)) => ({
  value,
  reason,
  text,
})

/** It depends on the rest of the profile. */
export const depends = <Situation, const Value>(
  text: string,
  of: (situation: Situation) => Default<Value>,
) => ({ text, of })
