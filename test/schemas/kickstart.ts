/*
 * The kickstart commands and options that hakube uses, by the release of Red Hat's installer that knows them without a
 * deprecation. https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html. It stands in for pykickstart's ksvalidator,
 * which no Debian package has, so it can only say that nothing is used which was not looked up.
 */

type Releases = readonly number[]
const all: Releases = [7, 8, 9, 10]
const commands: Readonly<
  Record<string, { releases: Releases; options: Readonly<Record<string, Releases>> }>
> = {
  text: { releases: all, options: {} },
  url: { releases: all, options: { '--url': all } },
  repo: { releases: all, options: { '--name': all, '--baseurl': all } },
  lang: { releases: all, options: {} },
  keyboard: { releases: all, options: { '--vckeymap': all, '--xlayouts': all } },
  timezone: { releases: all, options: { '--utc': all, '--ntpservers': [7, 8] } },
  timesource: { releases: [9, 10], options: { '--ntp-server': [9, 10] } },
  network: {
    releases: all,
    options: Object.fromEntries(
      [
        'bootproto',
        'device',
        'bindto',
        'ip',
        'netmask',
        'gateway',
        'nameserver',
        'onboot',
        'activate',
        'noipv6',
        'hostname',
      ]
        .map((name): [string, Releases] => [`--${name}`, all])
        // Since 9.3: https://github.com/rhinstaller/kickstart-tests/pull/968
        .concat([['--ipv4-dns-search', [9, 10]]]),
    ),
  },
  rootpw: { releases: all, options: { '--lock': all } },
  selinux: { releases: all, options: { '--enforcing': all, '--permissive': all } },
  firewall: { releases: all, options: { '--enabled': all, '--disabled': all, '--ssh': all } },
  services: { releases: all, options: { '--enabled': all } },
  firstboot: { releases: all, options: { '--disable': all } },
  eula: { releases: all, options: { '--agreed': all } },
  skipx: { releases: all, options: {} },
  reboot: { releases: all, options: {} },
  zerombr: { releases: all, options: {} },
  bootloader: { releases: all, options: { '--location': all, '--append': all } },
  ignoredisk: { releases: all, options: { '--only-use': all } },
  clearpart: {
    releases: all,
    options: { '--all': all, '--initlabel': all, '--disklabel': all, '--drives': all },
  },
  reqpart: { releases: all, options: { '--add-boot': all } },
  part: {
    releases: all,
    options: { '--fstype': all, '--size': all, '--grow': all, '--ondisk': all, '--fsoptions': all },
  },
  raid: {
    releases: all,
    options: { '--device': all, '--level': all, '--fstype': all, '--fsoptions': all },
  },
  volgroup: { releases: all, options: {} },
  logvol: {
    releases: all,
    options: {
      '--vgname': all,
      '--name': all,
      '--fstype': all,
      '--fsoptions': all,
      '--size': all,
      '--grow': all,
    },
  },
}

const sections: Readonly<Record<string, readonly string[]>> = {
  '%packages': [],
  '%pre': ['--interpreter', '--erroronfail', '--log'],
  '%post': ['--interpreter', '--erroronfail', '--log'],
}

export type Kickstart = { problems: string[]; sections: { name: string; body: string }[] }

function problemsOfOptions(line: string, known: (option: string) => boolean): string[] {
  const options = line.split(/\s+/).filter((word) => word.startsWith('--'))
  return options
    .map((option) => option.replace(/=.*$/, ''))
    .filter((option) => !known(option))
    .map((option) => `${option} is not known: ${line}`)
}

const problemsOfCommand = (line: string, release: number): string[] => {
  const name = line.split(' ')[0] ?? ''
  const command = commands[name]
  if (!command?.releases.includes(release)) return [`${name} is not known to release ${release}: ${line}`]
  return problemsOfOptions(line, (option) => command.options[option]?.includes(release) ?? false)
}

/** Reads a kickstart file as the installer of a release does, and says what in it that release does not know. */
export function readKickstart(text: string, release: number): Kickstart {
  const result: Kickstart = { problems: [], sections: [] }
  let body: string[] | null = null
  for (const line of text.split('\n')) {
    if (body) {
      if (line === '%end') body = null
      else body.push(line)
      if (body) result.sections.at(-1)!.body = `${body.join('\n')}\n`
    } else if (line.startsWith('%include ')) continue
    else if (line.startsWith('%')) {
      const name = line.split(' ')[0]!
      const known = sections[name]
      if (known) result.problems.push(...problemsOfOptions(line, (option) => known.includes(option)))
      else result.problems.push(`${name} is not a section that hakube uses`)
      result.sections.push({ name, body: '' })
      body = []
    } else if (line !== '' && !line.startsWith('#')) result.problems.push(...problemsOfCommand(line, release))
  }
  if (body) result.problems.push(`${result.sections.at(-1)?.name} has no %end`)
  // What %pre writes for %include.
  const disk = /\nignoredisk[\s\S]*?(?=\nEND\n)/.exec(text)?.[0] ?? ''
  for (const line of disk.split('\n'))
    if (line !== '' && !line.startsWith('#')) result.problems.push(...problemsOfCommand(line, release))
  return result
}
