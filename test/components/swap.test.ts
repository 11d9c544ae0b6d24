import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { textOf } from '../../src/templates/template.ts'
import { testCluster } from '../example.ts'
import { good, printed } from '../profile/mistakes.ts'

const text = (lines: string, gates = ''): string =>
  `${good.replace('version: "1.36.4"\n', `version: "1.36.4"\n${gates}`)}${lines}`

const gate = '  featureGates: {NodeSwap: true}\n'

/** Whose swap is turned off, and whose kubeadm is told not to mind it. */
async function nodes(lines: string, gates = '') {
  const loaded = parseProfile(text(lines, gates), 'profile.yaml')
  expect(printed(loaded)).toBe('')
  const cluster = await testCluster(loaded.profile!)
  const found = cluster.machines.map((machine) => {
    const { files, steps, checks } = assemble(components, cluster, machine)
    const own = [...files, ...steps, ...checks].filter(({ component }) => component === 'swap')
    const documents = files.filter(({ path }) => path.startsWith('/etc/kubernetes/kubeadm/'))
    return {
      name: machine.name,
      off: own.length > 0,
      masks: [...steps, ...files].some((each) =>
        textOf('script' in each ? each.script : each.content).includes('mask swap.target'),
      ),
      ignores: documents.some(({ content }) =>
        /ignorePreflightErrors:\n\s+- "?Swap"?\n/.test(textOf(content)),
      ),
      told: documents.some(({ content }) => textOf(content).includes('fail-swap-on')),
    }
  })
  return {
    off: found.filter(({ off }) => off).map(({ name }) => name),
    masks: found.filter(({ masks }) => masks).map(({ name }) => name),
    ignores: found.filter(({ ignores }) => ignores).map(({ name }) => name),
    told: found.filter(({ told }) => told).map(({ name }) => name),
  }
}

const dropIn = (
  file: string,
  value: string,
) => `kubeletArguments: {config-dir: /etc/kubernetes/kubelet.conf.d/}
files:
  - path: /etc/kubernetes/kubelet.conf.d/${file}
    content: |
      apiVersion: kubelet.config.k8s.io/v1beta1
      kind: KubeletConfiguration
      failSwapOn: ${value}
      memorySwap: {swapBehavior: LimitedSwap}
`

const controlPlanes = ['control-1', 'control-2', 'control-3']
const all = [...controlPlanes, 'worker-1']
const kept = { off: [], masks: [], ignores: all, told: all }
const turnedOff = { off: all, masks: all, ignores: [], told: [] }

describe('swap', () => {
  it('is turned off on all nodes by default', async () => {
    expect(await nodes('')).toEqual(turnedOff)
  })

  it.each(["'false'", 'false', '"0"', '"False"'])(
    'stays on all nodes with fail-swap-on: %s',
    async (value) => {
      expect(await nodes(`kubeletArguments: {fail-swap-on: ${value}}\n`, gate)).toEqual(kept)
    },
  )

  it('is disabled where the kubelet has fail-swap-on', async () => {
    const found = await nodes('kubeletArguments: {fail-swap-on: "true"}\n')
    expect({ off: found.off, ignores: found.ignores }).toEqual({ off: all, ignores: [] })
  })

  it('stays on the nodes that set it', async () => {
    const some = await nodes('roles: {worker: {kubeletArguments: {fail-swap-on: "false"}}}\n', gate)
    expect(some).toEqual({
      off: controlPlanes,
      masks: controlPlanes,
      ignores: ['worker-1'],
      told: ['worker-1'],
    })
  })

  it('stays where a drop-in of the kubelet configuration sets it', async () => {
    expect((await nodes(dropIn('10-swap.conf', 'false'), gate)).off).toEqual([])
    expect((await nodes(dropIn('10-swap.conf', 'true'))).off).toEqual(all)
    expect((await nodes(dropIn('10-swap.yaml', 'false'))).off).toEqual(all)
  })
})

describe('NodeSwap', () => {
  it('causes a warning if no node keeps its swap', () => {
    expect(printed(parseProfile(text('', gate), 'profile.yaml'))).toMatchInlineSnapshot(`
      "profile.yaml:45:28: warning[kubernetes/node-swap]: NodeSwap has no effect: hakube disables swap on all nodes [$.kubernetes.featureGates.NodeSwap]
         45 |   featureGates: {NodeSwap: true}
            |                            ^^^^
        hint: write kubeletArguments: {fail-swap-on: "false"} for the nodes that should keep swap, or remove NodeSwap
        source: https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/
      "
    `)
  })

  it('causes no warning if it is off, or one node keeps its swap', () => {
    for (const [lines, gates] of [
      ['', '  featureGates: {NodeSwap: false}\n'],
      ['roles: {worker: {kubeletArguments: {fail-swap-on: "false"}}}\n', gate],
    ] as const)
      expect(printed(parseProfile(text(lines, gates), 'profile.yaml'))).not.toContain('kubernetes/node-swap')
  })
})
