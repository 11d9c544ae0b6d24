/*
 * The questions of Debian's installer that hakube answers, looked up in the templates of its packages, with the type that the
 * guide's example gives them, the same in 12 and 13. It can only say that nothing is answered which was not looked up.
 */
const questions: Readonly<Record<string, string>> = {
  'debian-installer/locale': 'string',
  'keyboard-configuration/xkb-keymap': 'select',
  'mirror/country': 'string',
  'mirror/protocol': 'string',
  'mirror/http/hostname': 'string',
  'mirror/http/directory': 'string',
  'mirror/http/proxy': 'string',
  'mirror/https/hostname': 'string',
  'mirror/https/directory': 'string',
  'mirror/https/proxy': 'string',
  'mirror/suite': 'string',
  'clock-setup/utc': 'boolean',
  'time/zone': 'string',
  'clock-setup/ntp': 'boolean',
  'clock-setup/ntp-server': 'string',
  'passwd/root-login': 'boolean',
  'passwd/root-password-crypted': 'password',
  'passwd/make-user': 'boolean',
  'partman/early_command': 'string',
  'partman-partitioning/choose_label': 'select',
  'partman-partitioning/default_label': 'string',
  'partman-partitioning/confirm_write_new_label': 'boolean',
  'partman-basicfilesystems/no_swap': 'boolean',
  'partman-efi/non_efi_system': 'boolean',
  'partman-auto-lvm/new_vg_name': 'string',
  'partman-auto-lvm/guided_size': 'string',
  'partman-lvm/confirm': 'boolean',
  'partman-lvm/confirm_nooverwrite': 'boolean',
  'partman-auto-raid/recipe': 'string',
  'partman-md/confirm': 'boolean',
  'partman-md/confirm_nooverwrite': 'boolean',
  'grub-installer/force-efi-extra-removable': 'boolean',
  'partman-lvm/device_remove_lvm': 'boolean',
  'partman-md/device_remove_md': 'boolean',
  'partman/choose_partition': 'select',
  'partman/confirm': 'boolean',
  'partman/confirm_nooverwrite': 'boolean',
  'apt-setup/services-select': 'multiselect',
  'apt-setup/enable-source-repositories': 'boolean',
  'pkgsel/run_tasksel': 'boolean',
  'pkgsel/include': 'string',
  'pkgsel/upgrade': 'select',
  'pkgsel/update-policy': 'select',
  'popularity-contest/participate': 'boolean',
  'grub-installer/only_debian': 'boolean',
  'grub-installer/with_other_os': 'boolean',
  'grub-installer/bootdev': 'string',
  'debian-installer/add-kernel-opts': 'string',
  'finish-install/reboot_in_progress': 'note',
  'preseed/early_command': 'string',
  'preseed/late_command': 'string',
}

export type Preseed = { problems: string[]; answers: Map<string, string> }

/** Reads an answer file as debconf-set-selections does: https://manpages.debian.org/bookworm/debconf/debconf-set-selections.1 */
export function readPreseed(text: string): Preseed {
  const result: Preseed = { problems: [], answers: new Map() }
  if (!text.startsWith('#_preseed_V1\n')) result.problems.push('the first line is not #_preseed_V1')
  for (const line of text.replaceAll('\\\n', '').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, owner = '', question = '', type = '', value = ''] =
      /^(\S+) (\S+) (\S+)(?: (.*))?$/.exec(line) ?? []
    if (questions[question] !== type)
      result.problems.push(`${question} of type ${type} is not known: ${line}`)
    if (owner !== (question.startsWith('popularity-contest/') ? 'popularity-contest' : 'd-i'))
      result.problems.push(`${owner} does not own ${question}`)
    if (result.answers.has(question)) result.problems.push(`${question} is answered twice`)
    result.answers.set(question, value)
  }
  return result
}
