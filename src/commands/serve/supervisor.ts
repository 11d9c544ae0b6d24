import { execFile } from 'node:child_process'
import type { Environment } from '../../files/find-program.ts'

/** The service manager that started the server. */
export type Supervisor = {
  /**
   * Reports that the server answers requests.
   *
   * @param status a line for `systemctl status`
   */
  ready(status: string): Promise<void>
  /** Stops the watchdog messages, and reports that the server is stopping. */
  close(): Promise<void>
}

export type SupervisorOptions = {
  environment: Environment
  /** Of this process. */
  pid: number
  /** Receives a line, without a line feed, when systemd cannot be notified. */
  log: (line: string) => void
}

/**
 * Notifies systemd if it started this process as a service of `Type=notify` (sd_notify(3)). Messages go to a Unix datagram socket, which
 * Node.js cannot open, so systemd-notify(1) sends them; the unit therefore needs `NotifyAccess=all`. The event loop sends watchdog
 * messages, so that systemd restarts a server that hangs.
 *
 * @returns null without a service manager
 */
export function supervisorOf({ environment, pid, log }: SupervisorOptions): Supervisor | null {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return null
  const env = { PATH: environment['PATH'] ?? '/usr/bin:/bin', NOTIFY_SOCKET }
  let failed = false
  const send = (...words: string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile('systemd-notify', words, { env, timeout: 10_000 }, (fault, _, stderr) => {
        // Logged once, because watchdog messages repeat.
        if (fault && !failed)
          log(`hakube: warning: cannot notify systemd: ${words.join(' ')}: ${stderr.trim() || fault.message}`)
        failed = fault !== null
        resolve()
      })
    })
  const isMine = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid)
  const limit = isMine && /^[1-9]\d{0,14}$/.test(WATCHDOG_USEC ?? '') ? Number(WATCHDOG_USEC) / 1000 : null
  let timer: NodeJS.Timeout | null = null
  let last: Promise<void> = Promise.resolve()
  return {
    async ready(status) {
      await send('--ready', `--status=${status}`)
      // sd_watchdog_enabled(3) recommends half of the interval.
      if (limit !== null) timer = setInterval(() => void (last = send('WATCHDOG=1')), limit / 2).unref()
    },
    async close() {
      if (timer !== null) clearInterval(timer)
      await last
      await send('STOPPING=1')
    },
  }
}
