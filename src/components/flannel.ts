import { base64 } from '../text/base64.ts'
import { firewalldUnit, firewallUnit, flannelUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { installCommand } from './assets.ts'
import { startStepName } from '../assembly/start-steps.ts'
import type { Component, File, Part, Step } from '../assembly/component.ts'
import { isNode, startRuntimeStep } from './container-runtime.ts'
import { startedBefore } from './etcd.ts'
import { environmentText } from './etcd/environment.ts'
import { clientAddress, pkiDirectory } from './etcd/places.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { usualNodeMask } from '../profile/defaults-kubernetes.ts'
import { installs, restarts } from '../assembly/on-change.ts'

/*
 * flanneld as a service, which stores its data in etcd. It uses version 3 of etcd's API since its release 0.21 (flannel-io/flannel#1562);
 * older releases would not find the data that this writes.
 */

const template = (name: string, data: object) => render(`cloud-init/flannel/${name}.ejs`, data)

const restarted = restarts('flannel', flannelUnit)

const configurationDirectory = '/etc/flanneld'
const programDirectory = '/usr/local/bin'
/** flanneld's own default. */
const prefix = '/coreos.com/network'

/** The file in which flanneld writes its subnet as options for Docker. */
export const dockerOptionsFile = '/run/flannel/docker_opts.env'

/** https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md: each option has a variable. */
const optionsText = ({ etcd }: Cluster, { address }: Machine): string =>
  environmentText({
    FLANNELD_ETCD_ENDPOINTS: etcd.members.map(clientAddress).join(','),
    FLANNELD_ETCD_PREFIX: prefix,
    FLANNELD_ETCD_CAFILE: `${pkiDirectory}/ca.crt`,
    FLANNELD_ETCD_CERTFILE: `${pkiDirectory}/client.crt`,
    FLANNELD_ETCD_KEYFILE: `${pkiDirectory}/client.key`,
    // With several interfaces or a virtual address, flanneld could choose the wrong address.
    FLANNELD_IFACE: address,
    FLANNELD_PUBLIC_IP: address,
    // Packets that leave the pod network get the address of the machine.
    FLANNELD_IP_MASQ: 'true',
  })

/** The subnet of each machine is as large as the one that Kubernetes assigns to its node. */
function nodeMask({ arguments: { controllerManager } }: Cluster['kubernetes']): number {
  const given = controllerManager.find(({ name }) => /^node-cidr-mask-size(?:-ipv4)?$/.test(name))
  return given === undefined ? usualNodeMask : Number(given.value)
}

/** A rule of the profile rejects a second address family. */
const onlyNetwork = ({ podNetworks }: Cluster['kubernetes']): string => podNetworks.join(',')

/**
 * An etcd transaction that writes the network if it does not exist, and otherwise returns it:
 * https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/#transactions
 */
function transaction({ kubernetes }: Cluster): { value: string; text: string } {
  const key = base64(`${prefix}/config`)
  const network = {
    Network: onlyNetwork(kubernetes),
    SubnetLen: nodeMask(kubernetes),
    Backend: { Type: 'vxlan' },
  }
  const value = base64(JSON.stringify(network))
  const request = {
    compare: [{ key, target: 'CREATE', create_revision: '0' }],
    success: [{ request_put: { key, value } }],
    failure: [{ request_range: { key } }],
  }
  return { value, text: `${JSON.stringify(request)}\n` }
}

/**
 * The pod network by the basic CNI plugins, https://www.cni.dev/plugins/current/. Names between `@` are replaced once flanneld has its
 * subnet. flanneld itself translates the addresses of packets that leave the network.
 */
const conflist = {
  cniVersion: '0.3.1',
  name: 'flannel',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isDefaultGateway: true,
      // If the subnet is lost, flanneld gets another one.
      forceAddress: true,
      hairpinMode: true,
      mtu: '@MTU@',
      ipam: { type: 'host-local', ranges: [[{ subnet: '@SUBNET@' }]] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
}

const usesDocker = ({ system }: Machine): boolean => system.containerRuntime.name === 'docker'

/** The part that is the same on all nodes. */
type Common = Required<Pick<Part, 'assets' | 'files' | 'steps' | 'checks'>>

const common = onceForEach<Common>(sameForAll, (cluster, machine) => {
  const { archive } = cluster.networkPlugin
  const docker = usesDocker(machine)
  const network: File[] = docker
    ? []
    : [
        {
          path: `${configurationDirectory}/cni.conflist`,
          mode: '0644',
          content: `${JSON.stringify(conflist, null, 2)}\n`,
          onChange: restarted,
        },
      ]
  const data = { docker, dockerOptionsFile, programDirectory }
  return {
    files: [
      ...network,
      {
        path: '/usr/libexec/hakube/flannel-started',
        mode: '0755',
        content: template('flannel-started', data),
        onChange: restarted,
      },
    ],
    assets: archive
      ? [{ ...archive, what: 'flannel archive', source: 'https://github.com/flannel-io/flannel/releases' }]
      : [],
    steps: [
      {
        name: 'flannel',
        // The program must be installed before Docker starts; the network is set up after it.
        stage: 'packages',
        script: template('step', {
          install:
            archive &&
            installCommand(cluster, archive, {
              name: 'flannel',
              into: programDirectory,
              programs: ['flanneld', 'mk-docker-opts.sh'],
            }),
        }),
        after: ['packages'],
        onChange: installs(flannelUnit),
      },
      {
        name: 'flannel-subnet',
        script: template('step-subnet', { runtime: docker ? machine.system.containerRuntime.unit : '' }),
        after: ['flannel-network', startStepName(flannelUnit), startRuntimeStep(machine), ...startedBefore],
      },
    ],
    checks: [{ name: 'flannel', script: template('check', data) }],
  }
})

/** The step in which one machine writes the network for all. */
function networkStep(cluster: Cluster): { file: File; step: Step } {
  const { value, text } = transaction(cluster)
  const path = `${configurationDirectory}/network.json`
  return {
    file: { path, mode: '0644', content: text, onChange: restarted },
    step: {
      name: 'flannel-network',
      script: template('step-network', {
        members: quoteAll(cluster.etcd.members.map(clientAddress)),
        path,
        pki: pkiDirectory,
        value: quote(value),
        network: quote(onlyNetwork(cluster.kubernetes)),
      }),
      after: ['packages', 'time', 'selinux-firewall', 'certificates', 'etcd-health', ...startedBefore],
    },
  }
}

export const flannel: Component = {
  name: 'flannel',
  purpose: 'Runs flanneld as a service, with its data in etcd and a certificate for each machine.',
  stage: 'network-plugin',
  steps: ['flannel', 'flannel-network', 'flannel-subnet'],
  units: [flannelUnit],
  appliesTo: ({ networkPlugin }, machine) => networkPlugin.name === 'flannel-service' && isNode(machine),
  contribute(cluster, machine) {
    const { assets, files, steps, checks } = common(cluster, machine)
    const own = machine.initializes ? networkStep(cluster) : null
    const { iptables } = machine.system.distribution.packages
    return {
      assets,
      packages: iptables ? [{ name: iptables }] : [],
      files: [
        ...files,
        {
          path: `${configurationDirectory}/options.env`,
          mode: '0644',
          content: optionsText(cluster, machine),
          onChange: restarted,
        },
        ...(own ? [own.file] : []),
      ],
      steps: [...steps, ...(own ? [own.step] : [])],
      units: [
        {
          name: flannelUnit,
          content: template(flannelUnit, { programDirectory, docker: usesDocker(machine) }),
          // It is ready when etcd is, and the network has been written, so nothing waits for it here.
          start: 'no-block',
          after: [
            'flannel',
            'time',
            'selinux-firewall',
            'certificates',
            ...[firewalldUnit, firewallUnit].map(startStepName),
          ],
        },
      ],
      checks,
    }
  },
}
