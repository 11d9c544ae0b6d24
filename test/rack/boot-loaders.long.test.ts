import { expect, it } from 'vitest'
import { grub, ipxe } from '../../src/boot/loaders.ts'
import { describeWith } from '../prerequisites.ts'
import { expectedLine, powerOn } from '../support/boot-rack.ts'

const programs = ['qemu-system-x86_64', 'dnsmasq', 'ip', 'apt-get', 'cpio']
const files = ['/usr/share/OVMF/OVMF_CODE_4M.secboot.fd']

describeWith(
  { root: true, linux: true, programs, files },
  'a kernel on x86-64 gets its arguments unchanged',
  () => {
    it.each(['bookworm', 'trixie'])(
      'from the iPXE of Debian %s with UEFI, which asks DHCP again',
      async (suite) => {
        const booted = await powerOn({
          firmware: 'uefi',
          loader: 'ipxe',
          tftp: { 'ipxe.efi': `ipxe-${suite}/ipxe.efi`, 'hakube.ipxe': 'site/hakube.ipxe' },
          seconds: 600,
        })
        expect(booted.line).toBe(expectedLine(booted, ipxe))
      },
    )

    it('by UEFI HTTP boot, without any TFTP', async () => {
      const booted = await powerOn({
        firmware: 'uefi',
        loader: 'ipxe-2',
        assets: { 'ipxe.efi': 'ipxe-sid/ipxe.efi' },
        seconds: 900,
      })
      expect(booted.line).toBe(expectedLine(booted, ipxe))
      expect(booted.requests.slice(0, 4)).toEqual([
        'HEAD /assets/ipxe.efi 200',
        'GET /assets/ipxe.efi 200',
        'GET /assets/autoexec.ipxe 404',
        'GET /autoexec.ipxe 200',
      ])
    })

    it('from GRUB that Debian 13 signed, with Secure Boot, by HTTP', async () => {
      const booted = await powerOn({
        firmware: 'secure-boot',
        loader: 'shim',
        tftp: {
          'shimx64.efi': 'shimx64.efi',
          'grubx64.efi': 'grubnetx64-trixie.efi',
          'grub/grub.cfg': 'site/grub/grub.cfg',
        },
        seconds: 600,
      })
      expect(booted.line).toBe(expectedLine(booted, grub))
      expect(booted.requests).toContain('GET /grub/grub.cfg-01-52-54-00-00-00-11 200')
    })
  },
)

describeWith({ root: true, linux: true, programs, files }, 'a machine that is not armed', () => {
  it('gets a message from GRUB, which starts no kernel', async () => {
    const booted = await powerOn({
      firmware: 'secure-boot',
      loader: 'shim',
      armed: false,
      tftp: {
        'shimx64.efi': 'shimx64.efi',
        'grubx64.efi': 'grubnetx64-trixie.efi',
        'grub/grub.cfg': 'site/grub/grub.cfg',
      },
      seconds: 600,
      enough: /hakube arm PROFILE balancer|hakube-test-end/,
    })
    expect(booted.screen).toContain('hakube: it is not armed.')
    expect(booted.line).toBe(null)
  })
})

describeWith(
  {
    root: true,
    linux: true,
    programs: ['qemu-system-aarch64', 'dnsmasq', 'ip', 'apt-get', 'cpio'],
    files: ['/usr/share/AAVMF/AAVMF_CODE.fd'],
  },
  'a kernel on arm64 gets its arguments as they are',
  () => {
    it('from iPXE 2.0 with UEFI', async () => {
      const booted = await powerOn({
        firmware: 'arm64-uefi',
        loader: 'ipxe-2',
        tftp: { 'ipxe-arm64.efi': 'ipxe-sid/ipxe-arm64.efi', 'autoexec.ipxe': 'site/autoexec.ipxe' },
        seconds: 900,
      })
      expect(booted.line).toBe(expectedLine(booted, ipxe))
    })
  },
)
