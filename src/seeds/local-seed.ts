import { toYaml } from '../templates/yaml.ts'

/**
 * Settings of cloud-init for a system that an installer wrote to the disk, with the seed in /var/lib/cloud/seed/nocloud. cloud-init must
 * not configure the network again, and must look for its seed only there. The list has to be on one line: ds-identify, which enables
 * cloud-init at boot, reads no other form and would probe all clouds (tools/ds-identify, check_config).
 *
 * @param more additional top-level settings
 */
export const localSeedSettings = (more: Record<string, unknown> = {}): string =>
  `datasource_list: ${JSON.stringify(['NoCloud'])}\n${toYaml({ network: { config: 'disabled' }, ...more })}`
