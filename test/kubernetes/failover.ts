import { until } from '../support/processes.ts'
import type { Observer } from './observer.ts'
import type { ClusterRack } from './rack.ts'

/**
 * Pulls the plug of the machine that has the API's address while someone watches the cluster through it, and switches it on
 * again when the watch goes on.
 *
 * @param candidates machines that may have the address
 * @returns which one it was
 */
export async function losePowerUnderWatch(
  rack: ClusterRack,
  observer: Observer,
  address: string,
  candidates: readonly string[],
): Promise<string> {
  const holder = await until('the API address is somewhere', 30, async () => {
    for (const name of candidates) {
      const { stdout } = await rack.machine(name).run(['ip', '-o', 'address', 'show', 'to', address])
      if (stdout) return name
    }
    return null
  })
  const client = ['control-plane-1', 'control-plane-2'].find((name) => name !== holder) ?? ''
  // What an operator leaves running: a watch, started again when it ends.
  const file = '/tmp/watch'
  const loop = `while :; do kubectl get configmaps --watch --output=name; sleep 1; done >${file} 2>/dev/null`
  const watching = rack.machine(client).run(['timeout', '200', 'sh', '-c', loop], 220_000)
  const sees = (name: string) =>
    until(`the watch sees ${name}`, 90, async () => {
      const { stdout } = await rack.machine(client).run(['cat', file])
      return stdout.includes(`configmap/${name}\n`) ? true : null
    })
  const make = (name: string) =>
    until(`${name} can be made`, 60, async () => {
      const made = await observer.kubectl(client, 'create', 'configmap', name)
      return made.includes(name) ? true : null
    })
  await make('before')
  await sees('before')
  observer.begin()
  await rack.machine(holder).pullThePlug()
  observer.say(`${holder}, which has the API address, has lost power`)
  await make('after')
  observer.say('the API answers again')
  await sees('after')
  observer.say('the watch goes on')
  await rack.powerOn(holder)
  await rack.machine(client).run(['pkill', '--full', 'get configmaps'])
  await watching
  return holder
}
