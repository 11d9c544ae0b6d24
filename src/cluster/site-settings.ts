import type { From } from './machine-settings.ts'

/* What all machines have in common with their site: the proxy, the keyboard, names of other hosts. */

/**
 * The HTTP proxy of the site.
 *
 * @property except destinations that bypass it: names, domains with a leading dot, addresses and networks
 * @property machines names and addresses of machines, for programs that do not support networks
 */
export type Proxy = {
  http: string | null
  https: string | null
  except: readonly string[]
  machines: readonly string[]
  /** The password is a secret of the user's own; null: the proxy asks for none. */
  login: { username: string; passwordSecret: string } | null
}

/** In the terms of X11. */
export type Keyboard = { layout: string; variant: string | null }

/** A line of /etc/hosts that the profile adds. */
export type HostsEntry = From & { address: string; names: readonly string[] }
