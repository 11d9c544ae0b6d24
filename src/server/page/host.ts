/** The name or address in a Host field, in lower case, without port and brackets; null if it is invalid. */
export function readHost(field: string): string | null {
  const [, bracketed, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(field) ?? []
  return (bracketed ?? name)?.toLowerCase() ?? null
}
