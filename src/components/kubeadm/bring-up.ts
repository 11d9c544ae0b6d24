import {
  firewalldUnit,
  firewallUnit,
  haproxyUnit,
  keepalivedUnit,
  kubeletUnit,
} from '../../distributions/unit-names.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { nodeNameOf } from '../../cluster/node-name.ts'
import { compareVersions } from '../../text/versions.ts'
import { render } from '../../templates/template.ts'
import { groundwork, startStepName } from '../../assembly/start-steps.ts'
import { type Check, type CollectedPart, type File, memberMark, type Unit } from '../../assembly/component.ts'
import { startRuntimeStep } from '../container-runtime.ts'
import { nodeAddress } from '../../cluster/families.ts'
import { clientAddress, peerAddress } from '../etcd/places.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { interfaceUnit } from '../interface.ts'
import { runsStaticPods, staticPodsDirectory } from '../load-balancers/static-pods.ts'
import { podFirewallUnit } from '../pod-firewall.ts'
import { onceForEach } from '../../assembly/once.ts'
import { quote, quoteAll } from '../../text/quote.ts'
import { authoritiesDirectory, holdsAuthorities, uploadsCertificates } from './authorities.ts'
import { administratorDocuments, dialectFor, documentsText } from './configuration.ts'
import { nodeModel } from './node.ts'
import { patchesWords } from './patches.ts'
import { program, readAgain, type OnChange } from '../../assembly/on-change.ts'

/*
 * How a machine becomes a member of the cluster, and how the cluster stays open for machines that join later. docs/bring-up.md describes
 * the sequence.
 */

const template = (name: string, data: object) => render(`cloud-init/kubeadm/${name}.ejs`, data)

/** A part of a script, without the final line break, which the script itself contains. */
const piece = (name: string, data: object): string => template(name, data).text.replace(/\n$/, '')

/** The data of the scripts' templates. They print texts unchanged, so words for bash are quoted here. */
function dataOf(cluster: Cluster, machine: Machine) {
  const { apiEndpoint, controlPlanes, etcd, kubernetes } = cluster
  const controlPlane = machine.role === 'control-plane'
  const stacked = etcd.placement === 'stacked'
  const others = controlPlanes.filter((other) => other !== machine)
  const apiServer = ({ address }: Machine) => `https://${hostAndPort(address, kubernetes.apiServerPort)}`
  const endpoint = `https://${hostAndPort(apiEndpoint.address, apiEndpoint.port)}`
  const announced = (each: Machine) => ({ address: nodeAddress(cluster, each) })
  const uploads = uploadsCertificates(cluster)
  return {
    role: machine.initializes ? 'init' : machine.role,
    init: '/etc/kubernetes/kubeadm/init.yaml',
    join: '/etc/kubernetes/kubeadm/join.yaml',
    authorities: authoritiesDirectory,
    holdsAuthorities: holdsAuthorities(cluster, machine),
    uploads,
    upload: uploads ? ' --upload-certs --skip-certificate-key-print' : '',
    // Not skipPhases of its configuration: kubeadm has it only from 1.22 on (v1beta3), and a flag overrides it.
    // From 1.22 on the configuration names the directory of patches.
    patches: dialectFor(kubernetes.minor).patches === 'flag' ? patchesWords(cluster, machine) : '',
    skippedPhases: kubernetes.proxyMode === 'none' ? 'addon/kube-proxy' : '',
    // The public half of the token, which is part of object names.
    tokenId: cluster.secrets.bootstrapToken.slice(0, 6),
    version: quote(kubernetes.version),
    memberMark: quote(memberMark),
    endpoint: quote(endpoint),
    administrator: documentsText(administratorDocuments(cluster, machine, authoritiesDirectory)),
    sharedEndpoint: endpoint !== apiServer(machine),
    local: quote(apiServer(machine)),
    address: quote(nodeAddress(cluster, machine)),
    criSocket: quote(nodeModel(cluster, machine).criSocket),
    others: quoteAll(others.map(apiServer)),
    staticPods: runsStaticPods(cluster, machine) ? staticPodsDirectory : '',
    externalEtcd: controlPlane && !stacked ? quoteAll(etcd.members.map(clientAddress)) : '',
    // kubeadm copies the variables into the static pods, where later changes would not reach them (GetProxyEnvVars in util/env.go).
    proxy: cluster.proxy !== null,
    stackedEtcd: controlPlane && stacked,
    // kubeadm's etcd uses the address that the API server announces.
    otherMembers: quoteAll(others.map(announced).map(clientAddress)),
    otherPeers: quoteAll(others.map(announced).map(peerAddress)),
    peer: peerAddress(announced(machine)),
    // Until 1.21 kubeadm's own configuration lists the addresses of the API servers (kubernetes/kubernetes#98835).
    writesStatus: compareVersions(kubernetes.minor, '1.22') < 0,
    // From 1.34 on the kubelet's own configuration contains it (feature gate NodeLocalCRISocket, kubernetes/enhancements#4656).
    tellsRuntime: compareVersions(kubernetes.minor, '1.34') < 0,
    learns: compareVersions(kubernetes.minor, '1.29') >= 0,
  }
}

/** Steps that must run first. A machine may wait here for a long time, so everything else has started by then, and its ports are closed. */
function stepsBefore(machine: Machine): string[] {
  const started = [
    firewalldUnit,
    firewallUnit,
    podFirewallUnit,
    // keepalived in a static pod reads its result, and has to run before there is a cluster.
    interfaceUnit,
    haproxyUnit,
    keepalivedUnit,
    kubeletUnit,
  ]
  return [
    ...groundwork,
    'swap',
    'time',
    'selinux-firewall',
    'certificates',
    'etcd-health',
    startRuntimeStep(machine),
    'network-plugin',
    'flannel-subnet',
    ...started.map((unit) => startStepName(unit)),
  ]
}

/** Keeps the cluster open for machines that join later. */
export const admissionTimer = 'hakube-admission.timer'

/** The initializing control plane keeps the cluster open for the others. */
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

const namesOf = (cluster: Cluster, machines: readonly Machine[]): string =>
  quoteAll(machines.map((machine) => nodeNameOf(cluster, machine)))

/** The files that let machines join: automatically on the initializing control plane, by a command on every control plane. */
function admissionFiles(cluster: Cluster, machine: Machine, data: object): File[] {
  const { controlPlanes, kubernetes, workers } = cluster
  const keeper = {
    ...data,
    hours: kubernetes.joinDeadlineHours,
    controlPlanes: namesOf(cluster, controlPlanes),
    workers: namesOf(cluster, workers),
  }
  return [
    programFile('/usr/sbin/hakube-admit', 'hakube-admit', data),
    ...(machine.initializes
      ? [
          {
            ...programFile('/usr/libexec/hakube/keep-admission', 'keep-admission', keeper),
            onChange: {
              comparison: 'admission',
              otherwise: readAgain(
                'read each minute, until all machines have joined or the deadline has passed',
              ),
            } satisfies OnChange,
          },
          {
            path: '/etc/systemd/system/hakube-admission.service',
            mode: '0644',
            content: template('hakube-admission.service', {}),
            onChange: readAgain('read when its timer starts it'),
          },
        ]
      : []),
  ]
}

/** The step, the checks, and what keeps the cluster open. All workers share theirs, because the script finds the machine's name itself. */
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
          after: stepsBefore(machine),
          onChange: readAgain('a member does not change'),
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
