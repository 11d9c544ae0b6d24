import type { Profile } from '../src/profile/schema.ts'
import { exampleProfile } from './example.ts'

/** A profile that sets everything that kubeadm has to be told. */
export function fullProfile(version: string): Profile {
  const profile = exampleProfile()
  const [, second] = profile.machines.filter(({ role }) => role === 'control-plane')
  profile.network.subnet6 = 'fd00:10::/64'
  if (profile.loadBalancing) profile.loadBalancing.api.address = ['10.10.10.19', 'fd00:10::19']
  profile.distribution = { name: 'debian', version: '12' }
  profile.kubernetes = {
    version,
    initializes: second?.name ?? '',
    certificateNames: ['api.example.com', '192.0.2.19'],
    imageRepository: 'registry.example.com/kubernetes',
    featureGates: { GracefulNodeShutdown: true, APIResponseCompression: false },
    apiServerArguments: { 'event-ttl': '2h', 'max-requests-inflight': '800' },
    controllerManagerArguments: { 'node-monitor-grace-period': '60s' },
    schedulerArguments: { v: '2' },
    audit: {},
    encryptionAtRest: { resources: ['secrets', 'configmaps'] },
  }
  profile.etcd = { arguments: { 'heartbeat-interval': 250, 'election-timeout': 2500 } }
  profile.mirrors = { kubernetes: 'http://10.10.10.5:8080/kubernetes' }
  profile.labels = { 'example.com/rack': 'r12', 'topology.kubernetes.io/zone': 'cellar' }
  profile.taints = ['example.com/reserved=yes:PreferNoSchedule']
  profile.kubeletArguments = { 'max-pods': '250', 'image-gc-high-threshold': '90' }
  profile.roles = {
    ...profile.roles,
    worker: {
      labels: { 'example.com/disks': '' },
      taints: ['example.com/gpu:NoSchedule'],
      kubeletArguments: { 'max-pods': '500' },
    },
  }
  return profile
}
