import { expect, it } from 'vitest'
import { ipxe } from '../../src/boot/loaders.ts'
import { describeWith } from '../prerequisites.ts'
import { expectedLine, powerOn } from '../support/boot-rack.ts'

const programs = ['qemu-system-x86_64', 'dnsmasq', 'ip', 'apt-get', 'cpio', 'xorriso', 'mtools']
const files = ['/usr/share/OVMF/OVMF_CODE_4M.fd']

describeWith({ root: true, linux: true, programs, files }, 'a machine that boots from a boot disk', () => {
  it.each(['bookworm', 'trixie', 'sid'] as const)(
    'gets its arguments by BIOS from a CD, with DHCP that knows no boot file, iPXE of %s',
    async (suite) => {
      const booted = await powerOn({
        firmware: 'bios',
        media: { as: 'cd', suite, fixed: false },
        dhcp: (text) => text.replaceAll(/^dhcp-boot=.*\n/gm, ''),
        seconds: 600,
      })
      expect(booted.line).toBe(expectedLine(booted, ipxe))
      expect(booted.requests.filter((request) => !request.includes('/assets/'))).toEqual([
        'GET /boot.ipxe 200',
        'GET /boot.ipxe 200',
        'GET /ipxe/52-54-00-00-00-11 200',
      ])
    },
  )

  it.each(['trixie', 'sid'] as const)(
    'gets its arguments by UEFI from a stick in a network without DHCP, iPXE of %s',
    async (suite) => {
      const booted = await powerOn({
        firmware: 'uefi',
        media: { as: 'stick', suite, fixed: true },
        seconds: 600,
      })
      expect(booted.line).toBe(expectedLine(booted, ipxe))
    },
  )
})
