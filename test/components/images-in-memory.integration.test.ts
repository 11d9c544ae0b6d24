import { expect, it } from 'vitest'
import { imagesInMemory } from '../../src/components/images-in-memory.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleOnly } from '../support/assemble-only.ts'

// The root here is an overlay, as it is with live-boot.
describeWith(
  { root: true, linux: true, programs: ['unshare', 'mount'] },
  'images of a machine in memory',
  () => {
    const cluster = exampleCluster('rack-test')
    const worker = cluster.machines.find(({ role }) => role === 'worker')!
    const [step] = assembleOnly([imagesInMemory], cluster, worker).steps
    const tree = { '/step': { text: textOf(step!.script), mode: 0o755 } }
    const directory = '/var/lib/containerd'
    const container = `cd ${directory} && mkdir lower upper work container &&
    mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work container 2>/dev/null && echo container || echo none; cd /`

    it('can be mounted, unlike from its root file system', () => {
      const script = `
      mkdir -p ${directory} && ${container} && rm -r ${directory}
      /step && ${container} && /step && ls ${directory} && stat -c %a ${directory}`
      expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
        {
          "output": "none
        container
        container
        lower
        upper
        work
        711
        ",
          "status": 0,
        }
      `)
    })

    it('stay in place if the image has a file system for them', () => {
      const script = `mkdir -p ${directory} && mount -t tmpfs mine ${directory} && /step && grep -c ${directory} /proc/mounts`
      expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
        {
          "output": "1
        ",
          "status": 0,
        }
      `)
    })
  },
)
