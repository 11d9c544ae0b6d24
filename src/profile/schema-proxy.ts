import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

export const Proxy = z
  .strictObject({
    http: text(
      `Proxy for http: addresses. ${byDefault('httpProxy')}`,
      'http://proxy.example.com:3128',
    ).optional(),
    https: text(
      `Proxy for https: addresses. ${byDefault('httpsProxy')}`,
      'http://proxy.example.com:3128',
    ).optional(),
    username: text('User to log in at the proxy with.', 'hakube').optional(),
    passwordSecret: text(
      'Name of the secret of your own with the password (hakube secrets set).',
      'proxy-password',
    ).optional(),
    except: z
      .array(text('Name, .domain, address or network.', '.example.com'))
      .min(1)
      .meta({
        description:
          "Further destinations without the proxy. The machines, virtual addresses, pods, services, the cluster's domain and hakube's server are always among them.",
      })
      .optional(),
  })
  .meta({
    description:
      'HTTP proxy of the site, for the installer, packages, curl, the container runtime and the kubelet.',
  })
