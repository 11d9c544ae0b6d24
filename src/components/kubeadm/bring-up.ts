import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { render } from '../../templates/template.ts'
import { groundwork, startStepName } from '../../assembly/assemble.ts'
import { type Check, type CollectedPart, type File, memberMark, type Unit } from '../../assembly/component.ts'
import { startRuntimeStep } from '../container-runtime.ts'
import { clientAddress, peerAddress } from '../etcd/places.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { interfaceUnit } from '../interface.ts'
import { runsStaticPods, staticPodsFolder } from '../load-balancers/static-pods.ts'
import { podFirewallUnit } from '../pod-firewall.ts'
import { onceForEach } from '../../assembly/once.ts'
import { quote, quoteAll } from '../../text/quote.ts'
import { authoritiesFolder, holdsAuthorities, uploadsCertificates } from './authorities.ts'
import { administratorDocuments, documentsText } from './configuration.ts'
import { nodeModel } from './node.ts'
import { program, readAgain, type OnChange } from '../../assembly/on-change.ts'

/*
 * How a machine becomes a member of the cluster, and how the cluster is kept open for those that come later. The order of things
 * is told in docs/bring-up.md.
 */

const template = (name: string, data: object) => render(`cloud-init/kubeadm/${name}.ejs`, data)

/** A piece of a script. Where the script has it, its last line end is there already. */
const piece = (name: string, data: object): string => template(name, data).text.replace(/\n$/, '')

/** What the scripts are made from. Texts stand in them as they are: words for bash are quoted here. */
function dataOf(cluster: Cluster, machine: Machine) {
  const { apiEndpoint, controlPlanes, etcd, kubernetes } = cluster
  const controlPlane = machine.role === 'control-plane'
  const stacked = etcd.placement === 'stacked'
  const others = controlPlanes.filter((other) => other !== machine)
  const apiServer = ({ address }: Machine) => `https://${hostAndPort(address, kubernetes.apiServerPort)}`
  const endpoint = `https://${hostAndPort(apiEndpoint.address, apiEndpoint.port)}`
  const uploads = uploadsCertificates(cluster)
  return {
    role: machine.initializes ? 'init' : machine.role,
    init: '/etc/kubernetes/kubeadm/init.yaml',
    join: '/etc/kubernetes/kubeadm/join.yaml',
    authorities: authoritiesFolder,
    holdsAuthorities: holdsAuthorities(cluster, machine),
    uploads,
    upload: uploads ? ' --upload-certs --skip-certificate-key-print' : '',
    // The public half: it is part of the names of objects.
    tokenId: cluster.secrets.bootstrapToken.slice(0, 6),
    version: quote(kubernetes.version),
    memberMark: quote(memberMark),
    endpoint: quote(endpoint),
    administrator: documentsText(administratorDocuments(cluster, machine, authoritiesFolder)),
    sharedEndpoint: endpoint !== apiServer(machine),
    local: quote(apiServer(machine)),
    address: quote(machine.address),
    criSocket: quote(nodeModel(cluster, machine).criSocket),
    others: quoteAll(others.map(apiServer)),
    staticPods: runsStaticPods(cluster, machine) ? staticPodsFolder : '',
    externalEtcd: controlPlane && !stacked ? quoteAll(etcd.members.map(clientAddress)) : '',
    stackedEtcd: controlPlane && stacked,
    otherMembers: quoteAll(others.map(clientAddress)),
    otherPeers: quoteAll(others.map(peerAddress)),
    peer: peerAddress(machine),
    // Until 1.21 the addresses of the API servers stand in kubeadm's own configuration (kubernetes/kubernetes#98835).
    writesStatus: compareVersions(kubernetes.minor, '1.22') < 0,
    // From 1.34 on the kubelet's own configuration says it (feature gate NodeLocalCRISocket, kubernetes/enhancements#4656).
    tellsRuntime: compareVersions(kubernetes.minor, '1.34') < 0,
    learns: compareVersions(kubernetes.minor, '1.29') >= 0,
  }
}

/** Machines may wait here for a long time: whatever else they do has begun by then, and their ports are closed. */
function stepsBefore(cluster: Cluster): string[] {
  const started = [
    cluster.distribution.units.firewall,
    'hakube-firewall.service',
    podFirewallUnit,
    // Known to keepalived in a static pod, which has to run before there is a cluster.
    interfaceUnit,
    'haproxy.service',
    'keepalived.service',
    'kubelet.service',
  ]
  return [
    ...groundwork,
    'swap',
    'hosts',
    'time',
    'selinux-firewall',
    'etcd-health',
    startRuntimeStep(cluster),
    'network-plugin',
    'flannel-subnet',
    ...started.map((unit) => startStepName(unit)),
  ]
}

/** Keeps the cluster open for those who join later. */
export const admissionTimer = 'hakube-admission.timer'

/** The machine that makes the cluster keeps it open for the others. */
const admissionUnit = (): Unit => ({
  name: admissionTimer,
  content: template(admissionTimer, {}),
  start: 'blocking',
  after: ['kubeadm'],
})

const programFile = (path: string, name: string, data: object): File => ({
  path,
  mode: '0755',
  content: template(name, data),
  onChange: program,
})

const namesOf = (machines: readonly Machine[]): string => quoteAll(machines.map(({ name }) => name))

/** What lets machines in: by itself where the cluster is made, at a command on every control plane. */
function admissionFiles(cluster: Cluster, machine: Machine, data: object): File[] {
  const { controlPlanes, kubernetes, workers } = cluster
  const keeper = {
    ...data,
    hours: kubernetes.joinDeadlineHours,
    controlPlanes: namesOf(controlPlanes),
    workers: namesOf(workers),
  }
  return [
    programFile('/usr/sbin/hakube-admit', 'hakube-admit', data),
    ...(machine.initializes
      ? [
          {
            ...programFile('/usr/libexec/hakube/keep-admission', 'keep-admission', keeper),
            onChange: {
              comparison: 'admission',
              otherwise: readAgain('read again each minute, until all have joined or the time is over'),
            } satisfies OnChange,
          },
          {
            path: '/etc/systemd/system/hakube-admission.service',
            mode: '0644',
            content: template('hakube-admission.service', {}),
            onChange: readAgain('read again when its timer starts it'),
          },
        ]
      : []),
  ]
}

/** The step, the checks, and what keeps the cluster open. A worker's are those of all workers: it knows its own name. */
export const bringUp = onceForEach<Required<CollectedPart>>(
  ({ role, name }) => (role === 'worker' ? role : `${role} ${name}`),
  (cluster, machine) => {
    const facts = dataOf(cluster, machine)
    const withToken = { ...facts, putToken: piece('put-token', facts) }
    const hasOthers = !machine.initializes || facts.others !== ''
    const data = {
      ...withToken,
      joining: hasOthers ? piece('joining', withToken) : '',
      initializing: machine.initializes ? piece('initializing', facts) : '',
    }
    const controlPlane = machine.role === 'control-plane'
    const check = (name: string): Check => ({ name, script: template(`check-${name}`, data) })
    return {
      files: controlPlane ? admissionFiles(cluster, machine, data) : [],
      units: machine.initializes ? [admissionUnit()] : [],
      steps: [
        {
          name: 'kubeadm',
          script: template('step', data),
          after: stepsBefore(cluster),
          onChange: readAgain('a member stays as it is'),
        },
      ],
      checks: [
        check('kubernetes-version'),
        check('kubelet'),
        check('node'),
        ...(controlPlane ? [check('api-server')] : []),
      ],
    }
  },
)
