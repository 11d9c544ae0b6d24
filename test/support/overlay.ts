import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

/** Files by absolute path; a text alone has mode 0644. */
export type Tree = Record<string, string | { text: string; mode: number }>

export type Ran = { status: number | null; output: string }

/*
 * Separate namespaces for mounts, network and processes. The root is an overlay of this machine's, or of another system's: programs
 * may write anywhere, and everything is discarded at the end, like every process that they leave running.
 */
const enter = `
set -euo pipefail
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o "lowerdir=$4,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
cp -a "$1"/. /mnt/root/
mount -t proc proc /mnt/root/proc
mount --rbind /sys /mnt/root/sys
mount --rbind /dev /mnt/root/dev
mount -t tmpfs tmpfs /mnt/root/run
mount -t tmpfs tmpfs /mnt/root/tmp
# A clone of the project below /tmp is still there.
case $3 in /tmp/*) mkdir -p "/mnt/root$3" && mount --rbind "$3" "/mnt/root$3" ;; esac
ip link set lo up
exec chroot /mnt/root /usr/bin/env -C / PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 bash -c "$2"
`

/**
 * Runs a bash script as root on a throw-away copy of this machine with these files in it, and without a network but loopback.
 *
 * @param root of another system, which is used in place of this machine's
 * @returns its status and its output
 */
export function inOverlay(tree: Tree, script: string, timeout = 300_000, root = '/'): Ran {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-overlay-'))
  // Becomes the root of the overlay, which other users of it have to be able to enter.
  chmodSync(directory, 0o755)
  try {
    for (const [path, file] of Object.entries(tree)) {
      const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o644 } : file
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
      chmodSync(join(directory, path), mode)
    }
    const options = ['--mount', '--net', '--pid', '--fork', '--kill-child']
    const done = spawnSync(
      'unshare',
      [...options, 'bash', '-c', enter, '-', directory, `exec 2>&1\n${script}`, project, root],
      {
        encoding: 'utf8',
        // With a socket as its input, which Node.js gives by default, bash takes itself for a remote shell and reads ~/.bashrc (bash(1)).
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout,
        maxBuffer: 1 << 26,
      },
    )
    if (done.error) throw done.error
    return { status: done.status, output: done.stdout + done.stderr }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
