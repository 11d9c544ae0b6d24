/* How ports are written, in the profile and in arguments of Kubernetes. */

/** Both ends belong to it. */
export type PortRange = { first: number; last: number }

const highest = 65_535

const inOrder = (first: number, last: number): PortRange | null =>
  first >= 1 && first <= last && last <= highest ? { first, last } : null

/** @returns null for what is neither `9100` nor `8000-8010` */
export function parsePorts(text: string): PortRange | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  return first === undefined ? null : inOrder(Number(first), Number(last))
}

/**
 * As `--service-node-port-range` is read: `30000-32767`, `30000+2767`, `30000`, and nothing or 0 for the default
 * (ParsePortRange in k8s.io/apimachinery/pkg/util/net/port_range.go).
 *
 * @returns null for what the API server would refuse
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
