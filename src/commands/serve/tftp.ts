import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { autoexecName } from '../../boot/dhcp/plan.ts'
import type { ServedSite } from '../../server/served-site.ts'
import { bodyOf } from '../../server/shared-bodies.ts'

/** Files of the site that boot loaders read over TFTP. They do not concern a particular machine. */
const scripts = ['hakube.ipxe', autoexecName, 'grub/grub.cfg']

/** The directory of the loaders in Debian's package ipxe, under the names that DHCP uses. */
const debianDirectory = '/usr/lib/ipxe'
const debianNames: Readonly<Record<string, readonly string[]>> = {
  'undionly.kpxe': ['undionly.kpxe'],
  'ipxe.efi': ['ipxe-amd64.efi', 'ipxe.efi'],
  'ipxe-arm64.efi': ['ipxe-arm64.efi'],
}

/** The loaders that a dnsmasq.conf of hakube offers over TFTP. */
export function loadersIn(configuration: string): string[] {
  const names = [...configuration.matchAll(/^dhcp-boot=(?:[^,"]*:[^,]*,)*([^,":]+),,/gm)].map(
    ([, name = '']) => name,
  )
  return [...new Set(names)].filter((name) => !scripts.includes(name))
}

/**
 * Fills the directory that dnsmasq serves over TFTP: scripts of the site, and links to the loaders, from the assets or else from Debian's
 * package. Everything in it is public, because dnsmasq reads it as another user.
 *
 * @returns loaders that were not found
 */
export function fillTftp(
  directory: string,
  site: ServedSite,
  loaders: readonly string[],
  assets: string | null,
): string[] {
  chmodSync(directory, 0o755)
  for (const path of scripts) {
    const file = site.files.get(path)
    if (!file) continue
    const place = join(directory, path)
    mkdirSync(dirname(place), { recursive: true, mode: 0o755 })
    writeFileSync(place, bodyOf(file.pieces), { mode: 0o644 })
  }
  return loaders.filter((name) => {
    const place = join(directory, name)
    if (existsSync(place)) return false
    const places = [
      ...(assets === null ? [] : [join(assets, name)]),
      ...(debianNames[name] ?? []).map((own) => join(debianDirectory, own)),
    ]
    const found = places.find((path) => existsSync(path))
    if (found === undefined) return true
    symlinkSync(found, place)
    return false
  })
}
