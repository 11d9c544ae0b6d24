/** The name or address of a Host field in lower case, without port and brackets; null when it is not one. */
export function readHost(field: string): string | null {
  const [, bracketed, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(field) ?? []
  return (bracketed ?? name)?.toLowerCase() ?? null
}
