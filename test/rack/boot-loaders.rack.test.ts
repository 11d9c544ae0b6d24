import { expect, it } from 'vitest'
import { grub, ipxe } from '../../src/boot/loaders.ts'
import { describeWith } from '../prerequisites.ts'
import { expectedLine, powerOn } from '../support/boot-rack.ts'

const programs = ['qemu-system-x86_64', 'dnsmasq', 'ip', 'apt-get', 'cpio']
const files = ['/usr/share/OVMF/OVMF_CODE_4M.secboot.fd']

describeWith({ root: true, linux: true, programs, files }, 'a kernel gets its arguments unchanged', () => {
  it('from the iPXE in the network card with BIOS', async () => {
    const booted = await powerOn({
      firmware: 'bios',
      loader: 'ipxe',
      // QEMU's card boots by iPXE itself, so it never asks for undionly.kpxe.
      tftp: { 'hakube.ipxe': 'site/hakube.ipxe' },
      seconds: 300,
    })
    expect(booted.line).toBe(expectedLine(booted, ipxe))
  })

  it('from iPXE 2.0 with UEFI, which finds its script beside itself', async () => {
    const booted = await powerOn({
      firmware: 'uefi',
      loader: 'ipxe-2',
      tftp: { 'ipxe.efi': 'ipxe-sid/ipxe.efi', 'autoexec.ipxe': 'site/autoexec.ipxe' },
      seconds: 300,
    })
    expect(booted.line).toBe(expectedLine(booted, ipxe))
  })

  it('from GRUB that Debian 12 signed, with Secure Boot, by TFTP alone', async () => {
    const booted = await powerOn({
      firmware: 'secure-boot',
      loader: 'shim',
      tftp: { 'shimx64.efi': 'shimx64.efi', 'grubx64.efi': 'grubnetx64-bookworm.efi' },
      menusByTftp: true,
      seconds: 300,
    })
    expect(booted.line).toBe(expectedLine(booted, grub))
    expect(booted.screen).toContain('Secure boot enabled')
  })
})

describeWith({ root: true, linux: true, programs, files }, 'a machine with Secure Boot', () => {
  it('rejects an unsigned iPXE', async () => {
    const booted = await powerOn({
      firmware: 'secure-boot',
      loader: 'ipxe',
      tftp: { 'ipxe.efi': 'ipxe-sid/ipxe.efi', 'autoexec.ipxe': 'site/autoexec.ipxe' },
      seconds: 300,
      enough: /Access Denied|hakube-test-end/,
    })
    expect({ line: booted.line, requests: booted.requests }).toEqual({
      line: null,
      requests: [],
    })
    expect(booted.screen).toMatch(/Access Denied/)
  })
})
