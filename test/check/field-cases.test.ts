import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { findConflicts } from '../../src/check/conflicts.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { components } from '../../src/components/index.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { machineSite } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { placeholderSecrets } from '../../src/pipeline/secrets.ts'

/*
 * Profiles distilled from public bug reports; the comment on top of each says what is right. Their messages are compared whole. Where
 * what is right is not a message but something that machines get, that is looked up below.
 */

const directory = new URL('../fixtures/field-cases/', import.meta.url)
const cases = readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''))

async function load(name: string) {
  const file = `${name}.yaml`
  const loaded = parseProfile(readFileSync(new URL(file, directory), 'utf8'), file)
  const cluster =
    loaded.profile && !hasErrors(loaded.diagnostics)
      ? resolve(loaded.profile, loaded.sources, await placeholderSecrets(loaded))
      : null
  const all = [...loaded.diagnostics, ...(cluster ? findConflicts(cluster) : [])]
  return { loaded, cluster, all }
}

/** The cluster of a case that has no errors. */
async function clusterOf(name: string): Promise<Cluster> {
  const { cluster, all } = await load(name)
  if (!cluster || hasErrors(all)) throw new Error(`${name} has errors`)
  return cluster
}

/** What a machine is given, by path, and what boots it. */
function given(cluster: Cluster, name: string) {
  const machine = cluster.machines.find((each) => each.name === name)
  if (!machine) throw new Error(`no machine ${name}`)
  const assembly = assemble(components, cluster, machine)
  const files = machineFiles(cluster, assembly)
  const site = machineSite(cluster, assembly, files)
  return {
    assembly,
    file: (path: RegExp) =>
      files
        .filter((each) => path.test(each.path))
        .map(({ content }) => textOf(content))
        .join('\n'),
    served: (path: RegExp) =>
      site
        .filter((each) => path.test(each.path))
        .map(({ body }) => body.toString())
        .join('\n'),
  }
}

describe('cases from the field', () => {
  it.each(cases)('%s gets the expected messages', async (name) => {
    const { loaded, all } = await load(name)
    const text = printDiagnostics(
      all.map((diagnostic) => ({ diagnostic, loaded })),
      'text',
    )
    await expect(text).toMatchFileSnapshot(`../fixtures/field-cases/expected/${name}.txt`)
  })

  it('f13-nouveau-blacklist has its arguments on the command line of the installer and in the boot loader that it configures', async () => {
    const { served, file } = given(await clusterOf('f13-nouveau-blacklist'), 'w1')
    expect(served(/^ipxe\//)).toContain('modprobe.blacklist=nouveau nomodeset')
    expect(served(/user-data$/)).toContain('/target/etc/default/grub.d/hakube.cfg')
    expect(file(/^\/etc\/default\/grub\.d\/hakube\.cfg$/)).toContain('modprobe.blacklist=nouveau nomodeset')
  })

  it('f5-node-port-range opens the range of the profile instead of the default one', async () => {
    const { assembly } = given(await clusterOf('f5-node-port-range'), 'w1')
    const ranges = assembly.declared.ports.filter(({ lastPort }) => lastPort !== undefined)
    expect(ranges.map(({ port, lastPort }) => [port, lastPort])).toContainEqual([20_000, 22_767])
    expect(ranges.map(({ port }) => port)).not.toContain(30_000)
  })

  it('f2-protect-kernel-defaults sets what the kubelet then requires', async () => {
    const { assembly } = given(await clusterOf('f2-protect-kernel-defaults'), 'w1')
    const sysctls = Object.fromEntries(assembly.declared.sysctls.map(({ key, value }) => [key, value]))
    expect(sysctls).toMatchObject({
      'vm.overcommit_memory': '1',
      'kernel.panic': '10',
      'kernel.panic_on_oops': '1',
    })
  })

  it('f9-user-dot creates the login, with sudo rules in a file that sudo reads', async () => {
    const cluster = await clusterOf('f9-user-dot')
    const { file } = given(cluster, 'w1')
    expect(cluster.users.map(({ name }) => name)).toContain('j.doe')
    expect(file(/^\/etc\/sudoers\.d\/hakube$/)).toContain('j.doe ALL=(ALL) NOPASSWD:ALL')
  })

  it('f11-own-repo-with-mirror-rpm does not touch the repository file of the user', async () => {
    const { file } = given(await clusterOf('f11-own-repo-with-mirror-rpm'), 'w1')
    expect(file(/steps\/\d+-packages$/)).toMatch(
      /case \$file in\n +[^\n]*\/etc\/yum\.repos\.d\/internal\.repo[^\n]*\) continue/,
    )
  })

  it('good-by-id is installed to the disk with its ID, and good-two-cards is found by either card', async () => {
    expect(given(await clusterOf('good-by-id'), 'w1').served(/\.ks$|user-data$|\.cfg$/)).toContain(
      '/dev/disk/by-id/',
    )
    const two = await clusterOf('good-two-cards')
    const machine = two.machines.find(({ macs }) => macs.length > 1)!
    expect(
      machine.macs.map((mac) => given(two, machine.name).served(new RegExp(`^ipxe/${mac}$`)) !== ''),
    ).toEqual([true, true])
  })
})
