/** A default value and its reason. */
export type Default<Value> = { value: Value; reason: string }

/** A default that is the same for all profiles; `text` is its spelling in the schema's description. */
export const always = <const Value>(value: Value, reason: string, text = String(value)) => ({
  value,
  reason,
  text,
})

/** A default that depends on the rest of the profile. */
export const depends = <Situation, const Value>(
  text: string,
  of: (situation: Situation) => Default<Value>,
) => ({ text, of })
