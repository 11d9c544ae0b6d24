import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { autoinstall } from '../../src/installers/autoinstall.ts'
import { curtinActions } from '../../src/installers/storage/curtin.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { exampleCluster, noKernelArguments } from '../example.ts'
import { AutoinstallSeed } from '../schemas/autoinstall.ts'
import { sampleConfig, textOf } from '../seeds/sample.ts'
import { layouts, storageFrom } from './storage.ts'
import { foldLook } from '../support/shared-text.ts'

const cluster: Cluster = exampleCluster('load-balancers-on-control-planes')
const noble = findDistribution('ubuntu', '24.04')!

const machineWith = (yaml: string, firmware: Machine['firmware'] = 'uefi'): Machine => ({
  ...cluster.machines[0]!,
  firmware,
  storage: storageFrom(yaml),
})
const seedOf = (machine: Machine): unknown =>
  parse(textOf(autoinstall.seed.pieces(cluster, machine, sampleConfig(cluster), noKernelArguments)), {
    version: '1.1',
  })

describe('autoinstall', () => {
  it.each(Object.keys(layouts) as (keyof typeof layouts)[])('lays disks out for UEFI: %s', async (name) => {
    await expect(toYaml(curtinActions(machineWith(layouts[name]), noble))).toMatchFileSnapshot(
      `../fixtures/seeds/expected/curtin/${name.replaceAll(/[ ,]+/g, '-')}.yaml`,
    )
  })

  it('boots with BIOS from both disks of a mirror', () => {
    const actions = curtinActions(machineWith(layouts['a mirror'], 'bios'), noble)
    expect(
      actions
        .filter(({ type, flag }) => type === 'disk' || flag !== undefined)
        .map(({ id, grub_device: grub, flag }) => [id, grub, flag]),
    ).toEqual([
      ['disk-1', true, undefined],
      ['disk-2', true, undefined],
      ['firmware-1', undefined, 'bios_grub'],
      ['firmware-2', undefined, 'bios_grub'],
    ])
  })

  it.each(Object.entries(layouts))('is accepted by the installer: %s', (_, yaml) => {
    expect(AutoinstallSeed.safeParse(seedOf(machineWith(yaml))).error).toBeUndefined()
  })

  it("has an early command that fills in the kernel's paths of the disks", () => {
    const { autoinstall: answers } = seedOf(machineWith(layouts['a mirror of partitions'])) as {
      autoinstall: { 'early-commands': string[][] }
    }
    expect(foldLook(answers['early-commands'][0]![2]!).split('\n').slice(-40).join('\n'))
      .toMatchInlineSnapshot(`
        "  [ -b "$disk" ] || stop "$1 is not a disk."
          name=$(kernel_name "$disk")
          [ ! -e "/sys/class/block/$name/partition" ] || stop "$1 is a partition, not a whole disk."
          case " $taken " in *" $name "*) stop "$1 is in the profile twice, under two names, or contains the file system of a data disk." ;; esac
          taken="$taken $name"
        }

        taken=
        named /dev/disk/by-id/ata-TWO
        disk_2=$disk
        choose 'with serial S1' '' '' S1 '' 1 ''
        disk_1=$disk
        disk=$disk_1

        # The disk layout depends on the firmware.
        booted=bios
        [[ ! -d /sys/firmware/efi ]] || booted=uefi
        [[ $booted == uefi ]] || stop "this machine booted with $booted, but the profile says firmware: uefi."
        # Looks before anything is erased.
        look_url=http://10.0.3.5:8080/api/v1/machines/52-54-00-00-03-11/look
        show() {
          printf 'hakube: %s\\n' "$@" | tee /dev/console || true
        }
        hold() {
          sleep 60
        }
        leave() {
          sleep 10
          echo b >/proc/sysrq-trigger
          sleep 600
        }
        place=/tmp/hakube-look
        finishes=no
        # as test/fixtures/installers/look.sh
        erased "$disk_1" "$disk_2"
        look
        # Nothing that lives is erased.
        sed --in-place 's|/dev/hakube-disk-1|'"$disk_1"'|g' /autoinstall.yaml
        sed --in-place 's|/dev/hakube-disk-2|'"$disk_2"'|g' /autoinstall.yaml
        "
      `)
  })
})
