import type { Port } from '../../assembly/component.ts'

/** Describes an open port: `tcp 6443 from 10.0.0.0/24`. */
export function nameOfPort({ protocol, port, lastPort, sources }: Port): string {
  const range = lastPort === undefined ? '' : `-${lastPort}`
  const name = port === undefined ? protocol : `${protocol} ${port}${range}`
  return sources === undefined ? name : `${name} from ${several(sources)}`
}

/** The rule on the machine lists all of them. */
const several = (addresses: readonly string[]): string =>
  addresses.length > 3 ? `${addresses.length} addresses` : addresses.join(', ') || 'nobody'
