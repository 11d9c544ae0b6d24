import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { autoexecName } from '../../boot/dhcp/plan.ts'
import type { ServedSite } from '../../server/served-site.ts'

/** Files of the site that a boot loader of TFTP reads beside itself. None of them knows a machine. */
const scripts = ['hakube.ipxe', autoexecName, 'grub/grub.cfg']

/** Where Debian's package ipxe has the loaders, by the names that DHCP gives them. */
const debianDirectory = '/usr/lib/ipxe'
const debianNames: Readonly<Record<string, readonly string[]>> = {
  'undionly.kpxe': ['undionly.kpxe'],
  'ipxe.efi': ['ipxe-amd64.efi', 'ipxe.efi'],
  'ipxe-arm64.efi': ['ipxe-arm64.efi'],
}

/** What a dnsmasq.conf of hakube's gives machines by TFTP. */
export function loadersIn(configuration: string): string[] {
  const names = [...configuration.matchAll(/^dhcp-boot=(?:[^,"]*:[^,]*,)*([^,":]+),,/gm)].map(
    ([, name = '']) => name,
  )
  return [...new Set(names)].filter((name) => !scripts.includes(name))
}

/**
 * Fills the directory that dnsmasq serves by TFTP: scripts of the site, and links to the loaders, which are taken from the assets, else from
 * Debian's package. dnsmasq reads as a user of its own, and all of this is public.
 *
 * @returns loaders that are nowhere
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
    writeFileSync(place, file.body, { mode: 0o644 })
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
