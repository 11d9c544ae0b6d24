/** Its pods use 10.244.0.0/16, which is hakube's default. The checksum is that of the file at the tag. */
const flannel = {
  version: 'v0.28.9',
  address: 'https://raw.githubusercontent.com/flannel-io/flannel/v0.28.9/Documentation/kube-flannel.yml',
  sha256: 'e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0',
}

/**
 * The profile that `init` writes: small, complete and valid, with a comment on everything that has to be changed.
 *
 * @param name of the cluster: a host name label
 * @param sshKey a line of authorized_keys that needs no quotes in YAML
 */
export const firstProfile = (
  name: string,
  sshKey: string,
): string => `# yaml-language-server: $schema=./schema.json
#
# A rack of three control planes and two workers. Change what is yours, then:
#
#   hakube check profile.yaml --ephemeral-secrets     is it valid?
#   hakube explain profile.yaml control-plane-1        what will this machine be, and why?
#   hakube serve profile.yaml --listen 10.10.10.5:8080 --assets assets --ephemeral-secrets
#   hakube arm profile.yaml --all                      may the machines be erased and installed?
#
# Everything else has a default; explain shows each with its reason. An editor with the YAML language
# server completes every field.

hakube: 1
name: ${name}

# URL at which machines reach hakube serve: an IP address, because installers may not have DNS yet.
server: http://10.10.10.5:8080

# rocky, almalinux, centos, debian or ubuntu; quote the version, or YAML reads a number.
distribution:
  name: rocky
  version: "9"

network:
  subnet: 10.10.10.0/24
  gateway: 10.10.10.1
  nameServers: [10.10.10.1]
  searchDomain: example.com

# Hardware that all machines share; a machine can override it.
hardware:
  # The installer erases this disk. A name under /dev/disk/by-id is safest.
  disk: /dev/sda
  # Or bios.
  firmware: uefi

machines:
  # The first control plane initializes the cluster, the others join it. Use one, three or five.
  - name: control-plane-1
    role: control-plane
    # Any spelling. A list if the machine has several network interfaces: the first gets the address.
    mac: "52:54:00:00:00:11"
    address: 10.10.10.11
  - name: control-plane-2
    role: control-plane
    mac: "52:54:00:00:00:12"
    address: 10.10.10.12
  - name: control-plane-3
    role: control-plane
    mac: "52:54:00:00:00:13"
    address: 10.10.10.13
  - name: worker-1
    role: worker
    mac: "52:54:00:00:00:21"
    address: 10.10.10.21
  - name: worker-2
    role: worker
    mac: "52:54:00:00:00:22"
    address: 10.10.10.22

# Virtual address of the API, held by one control plane at a time. No machine may use it, and DHCP must not assign it.
# With machines of role load-balancer, haproxy and keepalived run on those.
loadBalancing:
  api:
    address: 10.10.10.10

kubernetes:
  version: "1.36.4"

# Network plugin (CNI): without it no node is Ready. Download the manifest for hakube serve --assets:
#   curl --fail --location --create-dirs --output assets/manifests/flannel-${flannel.version}.yaml \\
#     ${flannel.address}
networkPlugin:
  name: flannel
  manifest:
    path: manifests/flannel-${flannel.version}.yaml
    sha256: ${flannel.sha256}

# Login users with sudo. root has neither a password nor a key.
users:
  - name: ops
    # Lines of ~/.ssh/id_ed25519.pub and the like.
    sshKeys:
      - ${sshKey}
`
