import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const sum = 'ab'.repeat(32)
/** The profile with these lines below `distribution`, and others below `hardware`. */
const image = (lines: readonly string[], ...hardware: string[]) =>
  mistakes(
    ['  version: "9"\n', ['version: "9"', ...lines].map((line) => `  ${line}\n`).join('')],
    ['  disk: /dev/sda\n', ['disk: /dev/sda', ...hardware].map((line) => `  ${line}\n`).join('')],
  )
const good = ['install: image', `images: {amd64: {path: images/rocky.raw.zst, sha256: ${sum}}}`]

const named = (path: string, sha256 = sum) =>
  image(['install: image', `images: {amd64: {path: ${path}, sha256: ${sha256}}}`])

/** With an image in a role that has the path of the cluster's. */
const inRole = (sha256: string): string =>
  mistakes(
    ['  version: "9"\n', ['version: "9"', ...good].map((line) => `  ${line}\n`).join('')],
    ['  disk: /dev/sda\n', '  disk: /dev/sda\n'],
    [
      '\nmachines:\n',
      `\nroles:\n  worker:\n    distribution: {images: {amd64: {path: images/rocky.raw.zst, sha256: ${sha256}}}}\nmachines:\n`,
    ],
  )

describe('images of a whole disk', () => {
  it('must have one checksum for each file, wherever they are named', () => {
    expect(inRole(sum.toUpperCase())).toBe('')
    expect(inRole('cd'.repeat(32))).toMatchInlineSnapshot(`
      "profile.yaml:17:73: error[assets/two-checksums]: elsewhere, the profile has a different SHA-256 for images/rocky.raw.zst [$.roles.worker.distribution.images.amd64.sha256]
         17 | …d64: {path: images/rocky.raw.zst, sha256: cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd}}}
            |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: give each file a path of its own, or correct the SHA-256: sha256sum prints it
        profile.yaml:8:56: the other SHA-256
      "
    `)
  })

  it('must exist for each architecture of the machines', () => {
    expect(image(good)).toBe('')
    expect(image(['install: image']) + image(good, 'architecture: arm64')).toMatchInlineSnapshot(`
      "profile.yaml:7:12: error[distribution/no-image]: there is no image for machines with amd64 [$.distribution.install]
          7 |   install: image
            |            ^^^^^
        hint: below distribution, write images: {amd64: {path: images/FILE.raw.zst, sha256: …}}; docs/disks.md says where distributions have them
      profile.yaml:8:3: error[distribution/no-image]: there is no image for machines with arm64 [$.distribution.images]
          8 |   images: {amd64: {path: images/rocky.raw.zst, sha256: ababababababababababababababababababababababababababab…
            |   ^^^^^^
        hint: below distribution, write images: {arm64: {path: images/FILE.raw.zst, sha256: …}}; docs/disks.md says where distributions have them
      "
    `)
  })

  it('must be raw, with a valid path and checksum', () => {
    expect(
      named('images/rocky.qcow2') +
        named('rocky.tar.xz') +
        named('rocky.iso') +
        named('/etc/shadow') +
        named('a.raw', 'abc'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:8:26: error[distribution/image-format]: images/rocky.qcow2 is not a raw image of a disk [$.distribution.images.amd64.path]
          8 |   images: {amd64: {path: images/rocky.qcow2, sha256: abababababababababababababababababababababababababababab…
            |                          ^^^^^^^^^^^^^^^^^^
        hint: make a raw image of it: qemu-img convert -O raw FILE IMAGE.raw, then zstd -T0 IMAGE.raw; name IMAGE.raw.zst here, with its SHA-256
      profile.yaml:8:26: error[distribution/image-format]: rocky.tar.xz is not a raw image of a disk [$.distribution.images.amd64.path]
          8 |   images: {amd64: {path: rocky.tar.xz, sha256: ababababababababababababababababababababababababababababababab…
            |                          ^^^^^^^^^^^^
        hint: unpack it, compress the raw image in it by zstd, and name that here, with its SHA-256
      profile.yaml:8:26: error[distribution/image-format]: rocky.iso is not a raw image of a disk [$.distribution.images.amd64.path]
          8 |   images: {amd64: {path: rocky.iso, sha256: abababababababababababababababababababababababababababababababab}}
            |                          ^^^^^^^^^
        hint: name an image of an installed system (a cloud image), not a medium of an installer
      profile.yaml:8:26: error[assets/path]: "/etc/shadow" is not a path below assets/ [$.distribution.images.amd64.path]
          8 |   images: {amd64: {path: /etc/shadow, sha256: abababababababababababababababababababababababababababababababa…
            |                          ^^^^^^^^^^^
        hint: write its path relative to the DIR of hakube serve --assets DIR, e.g. manifests/calico.yaml
      profile.yaml:8:41: error[assets/sha256]: the SHA-256 is not 64 hexadecimal digits [$.distribution.images.amd64.sha256]
          8 |   images: {amd64: {path: a.raw, sha256: abc}}
            |                                         ^^^
        hint: write the output of: sha256sum a.raw
      "
    `)
  })

  it('have no effect with another install method', () => {
    expect(image(good.slice(1))).toMatchInlineSnapshot(`
      "profile.yaml:7:3: warning[distribution/images-unused]: images has no effect with the install method kickstart [$.distribution.images]
          7 |   images: {amd64: {path: images/rocky.raw.zst, sha256: ababababababababababababababababababababababababababab…
            |   ^^^^^^
        hint: add install: image, or remove images
      "
    `)
  })

  it('contain their own partitions', () => {
    expect(image(good, 'layout: plain', 'dataDisks: [{disk: /dev/sdb, mount: /var/lib/etcd}]')).toBe('')
    expect(
      image(
        good,
        'layout: lvm',
        'volumeGroup: vg1',
        'rootSize: 64GiB',
        'partitions: [{mount: /var, size: 20GiB}]',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:15:3: error[storage/installer]: an image of a whole disk has its own partitions, so layout: lvm cannot be used [$.hardware.layout]
         15 |   layout: lvm
            |   ^^^^^^
        hint: remove it, and put what needs a file system of its own on a disk of dataDisks; or install by another method than image

      profile.yaml:16:3: error[storage/installer]: an image of a whole disk has its own partitions, so volumeGroup cannot be used [$.hardware.volumeGroup]
         16 |   volumeGroup: vg1
            |   ^^^^^^^^^^^
        hint: remove it, and put what needs a file system of its own on a disk of dataDisks; or install by another method than image

      profile.yaml:17:3: error[storage/installer]: an image of a whole disk has its own partitions, so rootSize cannot be used [$.hardware.rootSize]
         17 |   rootSize: 64GiB
            |   ^^^^^^^^
        hint: remove it, and put what needs a file system of its own on a disk of dataDisks; or install by another method than image

      profile.yaml:18:3: error[storage/installer]: an image of a whole disk has its own partitions, so partitions cannot be used [$.hardware.partitions]
         18 |   partitions: [{mount: /var, size: 20GiB}]
            |   ^^^^^^^^^^
        hint: remove it, and put what needs a file system of its own on a disk of dataDisks; or install by another method than image
      "
    `)
  })
})
