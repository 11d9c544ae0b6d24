/* The spelling of ports, in the profile and in arguments of Kubernetes. */

/** Both ends are inclusive. */
export type PortRange = { first: number; last: number }

const highest = 65_535

const inOrder = (first: number, last: number): PortRange | null =>
  first >= 1 && first <= last && last <= highest ? { first, last } : null

/** @returns null for anything but `9100` and `8000-8010` */
export function parsePorts(text: string): PortRange | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  return first === undefined ? null : inOrder(Number(first), Number(last))
}

/**
 * Parses `--service-node-port-range`: `30000-32767`, `30000+2767`, `30000`; an empty value or 0 means the default (ParsePortRange in
 * k8s.io/apimachinery/pkg/util/net/port_range.go).
 *
 * @returns null for values that the API server would reject
 */
export function parseNodePorts(text: string): PortRange | null {
  const value = text.trim()
  if (value === '' || value === '0') return usualNodePorts
  const [, base, sign, other] = /^(\d+)(?:\s*([+-])\s*(\d+))?$/.exec(value) ?? []
  if (base === undefined) return null
  const first = Number(base)
  if (sign === undefined || other === undefined) return inOrder(first, first)
  return sign === '-'
    ? inOrder(first, Number(other))
    : inOrder(first, Math.min(first + Number(other), highest))
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
export const usualNodePorts: PortRange = { first: 30_000, last: 32_767 }
