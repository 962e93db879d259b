"""Who may reach whom under policies, by np-guard's network-config-analyzer: pods and outside addresses."""
import contextlib
import ipaddress
import json
import os

from nca.CoreDS.Peer import BasePeerSet
from nca.NetworkConfig.ResourcesHandler import ResourcesHandler

NUMBERS = {"TCP": 6, "UDP": 17, "SCTP": 132}


@contextlib.contextmanager
def silence():
    """Drops the analyzer's advice about policies. It keeps the streams that it finds at its import."""
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        yield
    finally:
        for stream, copy in zip((1, 2), kept):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)


class Reachability:
    """The relation of all pods and addresses on the ports given, as masks: bit b of row a says that a may reach b."""

    def __init__(self, folder, namespaces, pods, policies):
        files = []
        for name, items in (("policies", policies), ("namespaces", namespaces), ("pods", pods)):
            files.append(folder / f"{name}.yaml")
            files[-1].write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        BasePeerSet.reset()
        with silence():
            config = ResourcesHandler().get_network_config(*[[str(file)] for file in files], [])
            connections = config.allowed_connections().all_allowed_conns
        self.cubes = [dict(zip(connections.active_dimensions, cube)) for cube in connections]
        self.peers = {peer.full_name(): index for peer, index in BasePeerSet().peer_to_index.items()}
        if missing := [p["metadata"]["name"] for p in pods if self.key(p) not in self.peers]:
            raise ValueError(f"the analyzer has no pod {', '.join(missing)}")
        self.cache = {}

    @staticmethod
    def key(pod):
        return f'{pod["metadata"]["namespace"]}/{pod["metadata"]["name"]}'

    def number(self, party):
        """A pod's or an address' place in the analyzer's space of peers."""
        peers = BasePeerSet()
        if party in self.peers:
            return peers.min_pod_index + self.peers[party]
        address = ipaddress.ip_address(party)
        return (peers.min_ipv4_index if address.version == 4 else peers.min_ipv6_index) + int(address)

    def relevant(self, protocol, port):
        """The sources and destinations of all cubes that hold the port."""
        if (protocol, port) not in self.cache:
            self.cache[protocol, port] = [
                (cube.get("src_peers"), cube.get("dst_peers")) for cube in self.cubes
                if ("protocols" not in cube or NUMBERS[protocol] in cube["protocols"])
                and ("dst_ports" not in cube or port in cube["dst_ports"])]
        return self.cache[protocol, port]

    def allows(self, source, destination, protocol, port):
        a, b = self.number(source), self.number(destination)
        return any((sources is None or a in sources) and (destinations is None or b in destinations)
                   for sources, destinations in self.relevant(protocol, port))

    def pairs(self, parties, protocol, port):
        """All (source, destination) among the parties that may connect, but for those of a party with itself."""
        numbers = {self.number(party): party for party in parties}
        inside = lambda peers: [party for number, party in numbers.items() if peers is None or number in peers]
        found = set()
        for sources, destinations in self.relevant(protocol, port):
            targets = inside(destinations)
            found.update((a, b) for a in inside(sources) for b in targets if a != b)
        return found
