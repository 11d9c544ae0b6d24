/** A program that starts another one, which its arguments name. */
type Starter = {
  /** Its options whose value may be the next word. */
  valued: readonly string[]
  /** How many words of its own precede the command. */
  own?: number
  /** With one of these options it starts nothing. */
  unless?: readonly string[]
}

const optionsOf = (text: string): readonly string[] => text.split(' ')

/** From sudo(8), env(1), bash(1), time(1), nice(1), ionice(1), timeout(1), setpriv(1), systemd-run(1) and so on. */
const starters: Readonly<Record<string, Starter>> = {
  sudo: {
    valued: optionsOf(
      '-u -g -h -p -C -D -R -T -U -r -t --user --group --host --prompt --close-from --chdir --chroot --command-timeout --other-user --role --type',
    ),
  },
  env: { valued: optionsOf('-u -C --unset --chdir') },
  exec: { valued: ['-a'] },
  command: { valued: [], unless: ['-v', '-V'] },
  time: { valued: optionsOf('-f -o --format --output') },
  nohup: { valued: [] },
  setsid: { valued: [] },
  nice: { valued: ['-n', '--adjustment'] },
  ionice: { valued: optionsOf('-c -n --class --classdata') },
  timeout: { valued: optionsOf('-k -s --kill-after --signal'), own: 1 },
  flock: { valued: optionsOf('-w -E --wait --timeout --conflict-exit-code'), own: 1 },
  stdbuf: { valued: optionsOf('-i -o -e --input --output --error') },
  runuser: { valued: optionsOf('-u -g -G --user --group --supp-group') },
  setpriv: {
    valued: optionsOf(
      '--ambient-caps --inh-caps --bounding-set --groups --ruid --euid --reuid --rgid --egid --regid --securebits --pdeathsig --selinux-label --apparmor-profile',
    ),
  },
  'systemd-run': {
    valued: optionsOf(
      '-u -p -E -H -M --unit --property --setenv --host --machine --slice --description --uid --gid --nice --service-type --working-directory --job-mode --on-active --on-boot --on-startup --on-unit-active --on-unit-inactive --on-calendar --timer-property --path-property --socket-property',
    ),
  },
}

/** @returns whether the value of an option is the next word: not so in `-n5`, `--user=root` */
function hasValueNext(option: string, valued: readonly string[]): boolean {
  if (option.startsWith('--')) return valued.includes(option)
  const letters = option.slice(1).split('')
  const first = letters.findIndex((letter) => valued.includes(`-${letter}`))
  return first >= 0 && first === letters.length - 1
}

/**
 * The program that a command starts in the end: `swapon` in `sudo -u root nice swapon -a`. `chroot` counts only with `/`: in another
 * directory, a command changes the files of another system.
 *
 * @param words of a simple command
 * @returns the index of that program, or -1 if the words start none
 */
export function startedBy(words: readonly string[]): number {
  let index = 0
  const skipOptions = ({ valued, own = 0, unless = [] }: Starter): boolean => {
    while (words[index]?.startsWith('-')) {
      const option = words[index] ?? ''
      index += 1
      if (unless.includes(option)) return false
      if (option === '--') break
      if (hasValueNext(option, valued)) index += 1
    }
    index += own
    return true
  }
  while (index < words.length) {
    const word = words[index] ?? ''
    const program = word.replace(/^.*\//, '')
    const isRoot = program === 'chroot' && words[index + 1] === '/'
    const starter = isRoot
      ? { valued: [], own: 1 }
      : Object.hasOwn(starters, program)
        ? starters[program]
        : undefined
    if (!starter && !keywords.has(word) && !/^\w+=/.test(word)) return index
    index += 1
    if (starter && !skipOptions(starter)) return -1
  }
  return -1
}

/** Words of the shell that precede a command. */
const keywords = new Set('then do else if elif while until ! { ('.split(' '))
