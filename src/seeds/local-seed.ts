import { toYaml } from '../templates/yaml.ts'

/**
 * Settings of cloud-init for a system that an installer has put on the disk, with the seed beside it in /var/lib/cloud/seed/nocloud.
 * cloud-init must not configure the network a second time, and it must look for its seed in that one place. The list has to be in
 * one line: ds-identify, which switches cloud-init on at boot, reads no other and would ask for all clouds (tools/ds-identify,
 * check_config).
 *
 * @param more settings beside these, of the top level
 */
export const localSeedSettings = (more: Record<string, unknown> = {}): string =>
  `datasource_list: ${JSON.stringify(['NoCloud'])}\n${toYaml({ network: { config: 'disabled' }, ...more })}`
