import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

type Change = [from: string, to: string]
const volumes = (field: string, list: string, rest = ''): Change => [
  '  version: "1.36.4"\n',
  `  version: "1.36.4"\n  ${field}: ${list}\n${rest}`,
]
const etcd = (text: string): Change => ['kubernetes:\n', `etcd: ${text}\nkubernetes:\n`]

const list = (mountPath: string) => `[{hostPath: /var/lib/identity, mountPath: ${mountPath}}]`

/** Message, place and hint. */
const short = (text: string): string[] =>
  [...text.matchAll(/error\[kubernetes\/volume\]: (.* \[\$.*\])\n[^]*?hint: (.*)/g)].map(
    ([, message, hint]) => `${message} → ${hint}`,
  )

describe('volumes of static pods', () => {
  it('are accepted', () => {
    expect(
      mistakes(
        volumes(
          'apiServerVolumes',
          '[{hostPath: /var/lib/identity, mountPath: /identity, readOnly: false, type: DirectoryOrCreate}, {hostPath: /etc/localtime, type: File}]',
        ),
        etcd('{volumes: [{hostPath: /srv/snapshots}]}'),
      ),
    ).toBe('')
  })

  it('may contain files that arguments name', () => {
    const argument = '  apiServerArguments: {audit-webhook-config-file: /identity/webhook.yaml}\n'
    expect(mistakes(volumes('apiServerVolumes', list('/identity'), argument))).toBe('')
    expect(mistakes(volumes('apiServerVolumes', list('/identit'), argument))).toContain('arguments/file')
    expect(mistakes(volumes('schedulerVolumes', list('/identity'), argument))).toContain('arguments/file')
  })

  it('are an error where kubeadm, hakube or another volume is mounted', () => {
    const wrong: Change[] = [
      volumes('apiServerVolumes', '[{hostPath: /etc/kubernetes/pki}]'),
      volumes('apiServerVolumes', '[{hostPath: /srv/a, mountPath: /etc/kubernetes/audit}]', '  audit: {}\n'),
      volumes(
        'schedulerVolumes',
        '[{hostPath: /etc/kubernetes/own}]',
        '  schedulerFiles: [{path: /etc/kubernetes/own/a.yaml, content: a}]\n',
      ),
      volumes('controllerManagerVolumes', '[{hostPath: /a}, {hostPath: /b, mountPath: /a}]'),
      volumes('schedulerVolumes', '[{hostPath: /etc/kubernetes/scheduler.conf, type: File}]'),
      etcd('{volumes: [{hostPath: /srv, mountPath: /var/lib/etcd}]}'),
      etcd('{placement: control-plane, volumes: [{hostPath: /srv}]}'),
    ]
    expect(wrong.flatMap((change) => short(mistakes(change)))).toMatchInlineSnapshot(`
      [
        "kubeadm mounts /etc/kubernetes/pki itself, and a pod cannot mount two volumes there [$.kubernetes.apiServerVolumes[0].hostPath] → remove it, or write another mountPath",
        "hakube mounts /etc/kubernetes/audit already, for files of the profile [$.kubernetes.apiServerVolumes[0].mountPath] → remove it: the files are there",
        "hakube mounts /etc/kubernetes/own already, for files of the profile [$.kubernetes.schedulerVolumes[0].hostPath] → remove it: the files are there",
        "two volumes are mounted at /a [$.kubernetes.controllerManagerVolumes[1].mountPath] → give each a mountPath of its own",
        "kubeadm mounts /etc/kubernetes/scheduler.conf itself, and a pod cannot mount two volumes there [$.kubernetes.schedulerVolumes[0].hostPath] → remove it, or write another mountPath",
        "kubeadm mounts /var/lib/etcd itself, and a pod cannot mount two volumes there [$.etcd.volumes[0].mountPath] → remove it, or write another mountPath",
        "etcd is a service here, which sees the whole machine [$.etcd.volumes] → remove volumes",
      ]
    `)
  })

  it('are an error with a path that a pod cannot have', () => {
    const paths = ['srv/a', '/srv/../a', '/srv/a/', '"/srv/a:b"', '/etc']
    expect(paths.flatMap((path) => short(mistakes(volumes('apiServerVolumes', `[{hostPath: ${path}}]`)))))
      .toMatchInlineSnapshot(`
      [
        ""srv/a" is not an absolute path [$.kubernetes.apiServerVolumes[0].hostPath] → write /srv/a",
        ""/srv/../a" is not a path in its shortest form [$.kubernetes.apiServerVolumes[0].hostPath] → write /a",
        ""/srv/a/" is not a path in its shortest form [$.kubernetes.apiServerVolumes[0].hostPath] → write /srv/a",
        ""/srv/a:b" contains a colon or a control character [$.kubernetes.apiServerVolumes[0].hostPath] → remove it",
        "/etc in the pod would hide what the image brings [$.kubernetes.apiServerVolumes[0].hostPath] → write another mountPath, e.g. /data",
      ]
    `)
  })
})
