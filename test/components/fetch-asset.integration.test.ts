import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { render } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'

/*
 * What machines fetch, from servers that do not do what they should. All in a network namespace of its own. The script's times are
 * shortened, so that the test need not wait for half a minute.
 */

const content = 'asset\n'.repeat(1000)
const sum = createHash('sha256').update(content).digest('hex')

/** Answers one connection after the other as told: whole, silent, half (then silent), slow (a byte a second), cut, 503 or changed. */
const server = `
import socket, sys, threading, time
content = b'asset\\n' * 1000
listener = socket.create_server(('127.0.0.1', 8080))
def answer(connection, how):
    if how == 'silent':
        return time.sleep(60)
    connection.recv(65536)
    if how == 'cut':
        return connection.close()
    if how == '503':
        connection.sendall(b'HTTP/1.1 503 Busy\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n')
        return connection.close()
    body = content if how != 'changed' else content.upper()
    connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n' % len(body))
    if how == 'half':
        connection.sendall(body[:100])
        return time.sleep(60)
    if how == 'slow':
        for at in range(60):
            connection.sendall(body[at:at + 1])
            time.sleep(1)
        return
    connection.sendall(body)
    connection.close()
for how in sys.argv[1:]:
    connection, _ = listener.accept()
    threading.Thread(target=answer, args=(connection, how), daemon=True).start()
time.sleep(60)
`

const script = render('cloud-init/assets/fetch-asset.ejs', {}).text
const quick = script.replace(/^connect=.*$/m, 'connect=2 silence=2 longest=20 pause=0')

/** What the script says, its status, and what it leaves. */
function fetch(...answers: string[]): string[] {
  const tree = { '/fetch-asset': { text: quick, mode: 0o755 }, '/server.py': server }
  const { output } = inOverlay(
    tree,
    `mkdir /asset
    python3 /server.py ${answers.join(' ')} & until (echo >/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.1; done
    /fetch-asset http://127.0.0.1:8080/file ${sum} /asset/file && echo fetched || echo "failed with $?"
    ls /asset`,
  )
  return output.trim().split('\n')
}

const needs = { root: true, linux: true, programs: ['unshare', 'curl', 'python3'] }
const failed = (status: number) => (line: string) => line.endsWith(`curl exited with status ${status}`)

it('waits half a minute for a silent server, and an hour for a whole file', () => {
  expect(script).toContain('\nconnect=10 silence=30 longest=3600 pause=5\n')
})

// The connection that finds out whether the server listens is the first.
describeWith(needs, 'fetch-asset', () => {
  it('fetches a file', () => {
    expect(fetch('cut', 'whole')).toEqual(['fetched', 'file'])
  })

  it.each([
    ['is silent', 'silent', 28],
    ['stops in the middle', 'half', 28],
    ['sends a byte a second', 'slow', 28],
    ['cuts the connection', 'cut', 52],
    ['is busy', '503', 22],
  ])('tries a server that %s three times, and leaves nothing behind', (_, how, status) => {
    const lines = fetch('cut', how, how, how)
    expect(lines.filter(failed(status))).toHaveLength(3)
    expect(lines.at(-1)).toBe('failed with 1')
  })

  it('fetches the file when the server recovers', () => {
    expect(fetch('cut', 'silent', '503', 'whole').slice(-2)).toEqual(['fetched', 'file'])
  })

  it('accepts only the file of the profile, and does not request it again', () => {
    const lines = fetch('cut', 'changed', 'whole')
    expect(lines[0]).toMatch(
      /^http:.* does not match the profile: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}$/,
    )
    expect(lines.slice(1)).toEqual(['failed with 1'])
  })

  it('ends at once if nothing listens', () => {
    const tree = { '/fetch-asset': { text: quick, mode: 0o755 } }
    const { output } = inOverlay(
      tree,
      `/fetch-asset http://127.0.0.1:8080/file ${sum} /tmp/file || echo "failed with $?"`,
    )
    expect(output.trim().split('\n').filter(failed(7))).toHaveLength(3)
  })
})
