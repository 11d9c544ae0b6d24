/** Compares texts by code units, for `sort`: the result does not depend on the locale of the machine. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
