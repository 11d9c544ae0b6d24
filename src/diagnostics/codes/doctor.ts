import type { CodeSection } from './section.ts'

export const doctorCodes = {
  title: 'The network, as checked by hakube doctor',
  codes: {
    'doctor/not-in-network': {
      severity: 'error',
      what: 'This host has no address in the network of the machines',
      remedy: 'Run it on the server, or on another host in that network',
    },
    'doctor/port': {
      severity: 'error',
      what: 'Port 68, which DHCP clients use, cannot be opened',
      remedy: 'Run it as root, on a host without a DHCP client',
    },
    'doctor/no-offer': {
      severity: 'error',
      what: 'No DHCP server answers a machine, or any machine',
      remedy:
        'Start one that knows the machines: `hakube dhcp`; look for VLANs, switches and firewalls that hold DHCP back',
    },
    'doctor/no-address': {
      severity: 'error',
      what: 'Only a proxy answers, which gives no addresses',
      remedy: 'Enter the machine in the DHCP server that gives addresses',
    },
    'doctor/several-servers': {
      severity: 'error',
      what: 'Several DHCP servers offer addresses to a machine',
      remedy: 'Stop all but one',
    },
    'doctor/other-address': {
      severity: 'error',
      what: 'A DHCP server offers a different address from the one in the profile',
      remedy: 'Reserve the address of the profile for the MAC address',
    },
    'doctor/other-network': {
      severity: 'warning',
      what: 'A DHCP server gives a different netmask or router from those in the profile',
      remedy: 'Correct whichever is wrong',
    },
    'doctor/no-boot-file': {
      severity: 'error',
      what: 'No offer names a boot file for the firmware of the machine',
      remedy: 'Use the configuration of `hakube dhcp`, or run its proxy beside the other server',
    },
    'doctor/empty-offer': {
      severity: 'warning',
      what: 'A server offers neither an address nor a boot file',
      remedy: 'Stop this proxy, or let it name the loader',
    },
    'doctor/no-request': {
      severity: 'error',
      what: 'With `--listen`: a machine received offers but requested none of them',
      remedy:
        'Most often its firmware ignores proxies: let the server that gives the addresses name the boot file',
    },
    'doctor/wrong-loader': {
      severity: 'error',
      what: 'The boot file is not a program that the firmware starts',
      remedy: 'Choose the file by option 93, and put the right loader there',
    },
    'doctor/vendor-class': {
      severity: 'error',
      what: 'An offer for UEFI HTTP boot lacks the vendor class `HTTPClient`, and the firmware ignores it',
      remedy: 'Send option 60 with that value',
      source: 'UEFI specification, 24.7',
    },
    'doctor/content-type': {
      severity: 'warning',
      what: 'A loader for UEFI HTTP boot has a content type other than `application/efi`',
      remedy: 'Serve it with `hakube serve --assets`, or set the type',
    },
    'doctor/not-loaded': {
      severity: 'error',
      what: 'A file that machines boot from cannot be loaded',
      remedy: 'Put it where DHCP says, or correct the address of the TFTP server (next-server)',
    },
    'doctor/slow': {
      severity: 'warning',
      what: 'TFTP is so slow that machines seem to hang',
      remedy: 'Look for lost packets, or boot by HTTP',
    },
    'doctor/no-script': {
      severity: 'error',
      what: 'iPXE finds no script, and ends at its prompt or at the next boot device',
      remedy: 'Let DHCP name `hakube.ipxe` for iPXE, or put `autoexec.ipxe` beside iPXE 2.0',
    },
    'doctor/loader-loop': {
      severity: 'error',
      what: 'DHCP sends iPXE to iPXE, in an endless loop',
      remedy: 'Let DHCP name `hakube.ipxe` for clients with option 175',
      source: 'https://ipxe.org/howto/dhcpd#pxe_chainloading',
    },
    'doctor/other-script': {
      severity: 'warning',
      what: 'The script or menu in TFTP is not that of this profile',
      remedy: 'Copy it there again from `hakube serve`',
    },
    'doctor/no-server': {
      severity: 'error',
      what: 'The server that the profile names does not answer, or serves no site',
      remedy: 'Start `hakube serve` with that address; allow it in the firewall',
    },
    'doctor/other-site': {
      severity: 'warning',
      what: 'The server serves another profile, or another version of it',
      remedy: 'Serve this one; SIGHUP makes a running server read it again',
    },
    'doctor/unknown-machine': {
      severity: 'error',
      what: 'The server has no boot script for a MAC address of the profile',
      remedy: 'Serve the profile that has it; SIGHUP makes a running server read it again',
    },
    'doctor/missing-file': {
      severity: 'error',
      what: 'The server does not have a file that machines will fetch',
      remedy: 'Put it below `assets/`, or run `hakube assets`',
    },
    'doctor/clock': {
      severity: 'warning',
      what: 'The clocks of this host and of a server differ by more than a minute',
      remedy: 'Set the clock',
    },
    'doctor/time-server': {
      severity: 'warning',
      what: 'A time server of the profile does not answer',
      remedy: 'Set `network.timeServers` to servers that machines can reach',
    },
  },
} as const satisfies CodeSection
