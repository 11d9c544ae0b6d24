import { always } from './default.ts'

/**
 * Defaults of network interfaces: a part of `defaultOf`. Null means the kernel's own default, which is not written. Those are in
 * https://docs.kernel.org/networking/bonding.html.
 */
export const interfaceDefaults = {
  interface: always('card0', 'the first MAC address is that of the interface in the network of the machines'),
  mtu: always(null, 'the driver of the interface sets it', 'that of the interface, usually 1500'),
  lacpRate: always(null, "the kernel's default", 'slow'),
  transmitHashPolicy: always(null, "the kernel's default", 'layer2'),
  miiMonitorInterval: always(100, "the value that the kernel's documentation recommends to start with"),
  minLinks: always(null, "the kernel's default, 0, has the same effect", '1'),
  spanningTree: always(false, 'it delays traffic after each start, and a single uplink cannot form a loop'),
}
