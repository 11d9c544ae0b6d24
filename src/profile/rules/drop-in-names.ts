import { warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'

type Directory = {
  /** Ends with a slash. */
  path: RegExp
  reader: string
  /** Extensions of the files that are read; the first one is the usual one. */
  endings: readonly string[]
  source: string
}

const directory = (path: RegExp, reader: string, endings: readonly string[], source: string): Directory => ({
  path,
  reader,
  endings,
  source,
})

/** Directories from which programs read only files with certain extensions. */
export const directories: readonly Directory[] = [
  directory(/^\/(?:etc|usr\/lib)\/sysctl\.d\/$/, 'systemd-sysctl', ['.conf'], 'sysctl.d(5)'),
  directory(/^\/etc\/modules-load\.d\/$/, 'systemd-modules-load', ['.conf'], 'modules-load.d(5)'),
  directory(/^\/etc\/modprobe\.d\/$/, 'modprobe', ['.conf'], 'modprobe.d(5)'),
  directory(/^\/etc\/tmpfiles\.d\/$/, 'systemd-tmpfiles', ['.conf'], 'tmpfiles.d(5)'),
  directory(/^\/etc\/sysusers\.d\/$/, 'systemd-sysusers', ['.conf'], 'sysusers.d(5)'),
  directory(/^\/etc\/security\/limits\.d\/$/, 'pam_limits', ['.conf'], 'pam_limits(8)'),
  directory(/^\/etc\/ssh\/sshd_config\.d\/$/, 'sshd', ['.conf'], 'sshd_config(5), Include'),
  directory(/^\/etc\/ssh\/ssh_config\.d\/$/, 'ssh', ['.conf'], 'ssh_config(5), Include'),
  directory(/^\/etc\/ld\.so\.conf\.d\/$/, 'ldconfig', ['.conf'], 'ldconfig(8)'),
  directory(/^\/etc\/systemd\/[a-z-]+\.conf\.d\/$/, 'systemd', ['.conf'], 'systemd-system.conf(5)'),
  directory(/^\/etc\/systemd\/system\/[^/]+\.d\/$/, 'systemd', ['.conf'], 'systemd.unit(5)'),
  directory(
    /^\/etc\/systemd\/network\/$/,
    'systemd-networkd',
    ['.network', '.netdev', '.link'],
    'systemd.network(5)',
  ),
  directory(/^\/etc\/NetworkManager\/conf\.d\/$/, 'NetworkManager', ['.conf'], 'NetworkManager.conf(5)'),
  directory(/^\/etc\/rsyslog\.d\/$/, 'rsyslogd', ['.conf'], 'rsyslog.conf(5)'),
  directory(/^\/etc\/containerd\/conf\.d\/$/, 'containerd', ['.toml'], 'containerd-config.toml(5), imports'),
  directory(/^\/etc\/crio\/crio\.conf\.d\/$/, 'CRI-O', ['.conf'], 'crio.conf.d(5)'),
  directory(
    /^\/etc\/containers\/registries\.conf\.d\/$/,
    'CRI-O',
    ['.conf'],
    'containers-registries.conf.d(5)',
  ),
  directory(/^\/etc\/apt\/sources\.list\.d\/$/, 'apt', ['.sources', '.list'], 'sources.list(5)'),
  directory(/^\/etc\/yum\.repos\.d\/$/, 'dnf', ['.repo'], 'dnf.conf(5)'),
  directory(/^\/etc\/profile\.d\/$/, 'the shell', ['.sh', '.csh'], '/etc/profile'),
  directory(/^\/etc\/udev\/rules\.d\/$/, 'udev', ['.rules'], 'udev(7)'),
  directory(/^\/etc\/audit\/rules\.d\/$/, 'augenrules', ['.rules'], 'augenrules(8)'),
  directory(/^\/etc\/polkit-1\/rules\.d\/$/, 'polkit', ['.rules'], 'polkit(8)'),
  directory(/^\/etc\/default\/grub\.d\/$/, 'update-grub', ['.cfg'], 'grub-mkconfig of Debian and Ubuntu'),
  directory(/^\/etc\/cloud\/cloud\.cfg\.d\/$/, 'cloud-init', ['.cfg'], 'cloudinit/util.py, read_conf_d'),
  directory(/^\/etc\/netplan\/$/, 'netplan', ['.yaml'], 'netplan(5)'),
  directory(
    /^\/usr\/local\/share\/ca-certificates\/(?:.*\/)?$/,
    'update-ca-certificates',
    ['.crt'],
    'update-ca-certificates(8)',
  ),
]

/** Reports a drop-in that is ignored because of its name. */
export function checkDropInName(path: string, at: Path): Diagnostic[] {
  const slash = path.lastIndexOf('/') + 1
  const [directory, name] = [path.slice(0, slash), path.slice(slash)]
  const fail = (reader: string, what: string, near: string, source: string): Diagnostic[] => [
    warning('files/not-read', `${reader} does not read ${inQuotes(path, 80)}: ${what}`, {
      hint: `write ${directory}${near}`,
      path: at,
      source,
    }),
  ]
  if (directory === '/etc/sudoers.d/' && /\.|~$/.test(name)) {
    const near = name.replace(/\.conf$/, '').replaceAll(/[.~]/g, '-')
    return fail(
      'sudo',
      'its name has a dot in it or ~ at the end',
      near.replaceAll(/^-+|-+$/g, ''),
      'sudoers(5), @includedir',
    )
  }
  const known = directories.find((each) => each.path.test(directory))
  if (!known || known.endings.some((ending) => name.endsWith(ending))) return []
  const [usual = ''] = known.endings
  const ends = known.endings.join(' or ')
  return fail(
    known.reader,
    `its name does not end in ${ends}`,
    `${name.replace(/\.(?:conf|txt|cfg|ya?ml|pem|cer)$/, '')}${usual}`,
    known.source,
  )
}
