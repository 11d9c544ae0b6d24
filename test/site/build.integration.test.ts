import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { cloudConfig, cloudConfigHeader, cloudConfigPieces } from '../../src/seeds/cloud-init.ts'
import { siteFiles } from '../../src/site/build.ts'
import { exampleCluster, exampleNames } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

const directory = mkdtempSync(join(tmpdir(), 'hakube-site-'))
afterAll(() => {
  rmSync(directory, { recursive: true })
})

function schema(name: string, content: Buffer): string {
  const file = join(directory, name)
  writeFileSync(file, content)
  const output = execFileSync('cloud-init', ['schema', '--config-file', file], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  return output.trim().replace(file, name)
}

describeWith({ programs: ['cloud-init'] }, 'cloud-init', () => {
  it.each(exampleNames)('finds the user-data of every machine of %s valid', (name) => {
    const seeds = [...siteFiles(exampleCluster(name))].filter(({ path }) => path.endsWith('/user-data'))
    expect(seeds.length).toBeGreaterThan(0)
    for (const { body } of seeds) expect(schema('user-data', body)).toBe('Valid cloud-config: user-data')
  })

  it("finds what Ubuntu's installer passes to the installed machine valid", () => {
    const cluster = exampleCluster('load-balancers-on-control-planes')
    for (const machine of cluster.machines) {
      const assembly = assemble(components, cluster, machine)
      const config = cloudConfig(cluster, machine, machineFiles(cluster, assembly), assembly.declared.users)
      const content = Buffer.concat([Buffer.from(cloudConfigHeader(false)), ...cloudConfigPieces(config)])
      expect(schema('user-data', content)).toBe('Valid cloud-config: user-data')
    }
  })
})
