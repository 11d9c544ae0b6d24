import type { NamespacedMachine } from './namespaces.ts'

/** A machine's firmware, or iPXE, that asks for an address. */
export type DhcpQuestion = {
  mac: string
  architecture: number
  ipxe?: boolean
  /** Asks a proxy only for the boot file, on port 4011, from the address that another server assigned. */
  proxy?: { from: string; server: string }
}

/** @property vendorClass option 60 of the answer */
export type DhcpOffer = { address: string; server: string; file: string; vendorClass: string | null }

/** Sends a DHCPDISCOVER as RFC 4578 has it, until an offer comes, and prints it. It sends only in a namespace with no other interface. */
const program = `
import json, os, socket, struct, sys, time
question = json.loads(sys.argv[1])
if sorted(os.listdir('/sys/class/net')) != ['eth0', 'lo']:
    sys.exit('not in a network namespace of a test')
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'eth0')
client.bind(('0.0.0.0', 68))
mac = bytes.fromhex(question['mac'].replace(':', ''))
architecture = question['architecture']
def option(code, data):
    return bytes([code, len(data)]) + data
kind = 'HTTPClient' if architecture in (16, 19) else 'PXEClient'
proxy = question.get('proxy')
options = option(53, b'\\x03' if proxy else b'\\x01') + option(55, bytes([1, 3, 6, 12, 15, 43, 60, 66, 67, 97]))
options += option(93, struct.pack('>H', architecture)) + option(94, b'\\x01\\x03\\x10')
options += option(97, b'\\x00' + mac.rjust(16, b'\\x00'))
options += option(60, ('%s:Arch:%05d:UNDI:003016' % (kind, architecture)).encode())
if question.get('ipxe'):
    options += option(77, b'iPXE') + option(175, b'\\xb1\\x05\\x01\\x1a\\xf4\\x10\\x00')
transaction = os.urandom(4)
packet = bytes([1, 1, 6, 0]) + transaction + struct.pack('>HH', 0, 0 if proxy else 0x8000)
packet += socket.inet_aton(proxy['from'] if proxy else '0.0.0.0') + bytes(12)
packet += mac.ljust(16, b'\\x00') + bytes(192) + b'\\x63\\x82\\x53\\x63' + options + b'\\xff'
end = time.monotonic() + question['seconds']
offers = []
while time.monotonic() < end:
    client.sendto(packet, (proxy['server'], 4011) if proxy else ('255.255.255.255', 67))
    client.settimeout(1)
    try:
        answer, _ = client.recvfrom(4096)
    except socket.timeout:
        continue
    if answer[0] != 2 or answer[4:8] != transaction:
        continue
    found, at = {}, 240
    while at < len(answer) and answer[at] != 255:
        if answer[at] == 0:
            at += 1
            continue
        length = answer[at + 1]
        found[answer[at]] = answer[at + 2:at + 2 + length]
        at += 2 + length
    text = lambda data: data.split(b'\\x00')[0].decode()
    offer = {
        'address': socket.inet_ntoa(answer[16:20]),
        'server': socket.inet_ntoa(answer[20:24]),
        'file': text(found[67]) if 67 in found else text(answer[108:236]),
        'vendorClass': text(found[60]) if 60 in found else None,
    }
    if not question.get('all'):
        print(json.dumps(offer))
        sys.exit(0)
    if offer not in offers:
        offers.append(offer)
print(json.dumps(sorted(offers, key=lambda offer: offer['server'])) if question.get('all') else 'null')
`

/**
 * Asks the DHCP servers in the network of a machine that has one interface, eth0, and no address.
 *
 * @returns the first offer, or null when none comes within the seconds
 */
export const dhcpClient =
  (machine: NamespacedMachine) =>
  async (question: DhcpQuestion, seconds = 5): Promise<DhcpOffer | null> => {
    const text = await machine.ask(['python3', '-c', program, JSON.stringify({ ...question, seconds })])
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return JSON.parse(text) as DhcpOffer | null
  }

/** The command of a client that asks again each second, and requests no offer. */
export const dhcpWords = (question: DhcpQuestion & { all: boolean; seconds: number }): string[] => [
  'python3',
  '-c',
  program,
  JSON.stringify(question),
]

/** The same for the offers of all servers, by their addresses. It listens for all of the seconds. */
export const dhcpOffers =
  (machine: NamespacedMachine) =>
  async (question: DhcpQuestion, seconds = 5): Promise<DhcpOffer[]> => {
    const words = JSON.stringify({ ...question, seconds, all: true })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return JSON.parse(await machine.ask(['python3', '-c', program, words])) as DhcpOffer[]
  }
