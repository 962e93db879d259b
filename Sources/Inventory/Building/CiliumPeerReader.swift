import Domain

/// Reads the peers of one rule of a CiliumNetworkPolicy.
struct CiliumPeerReader {
    let namespace: Namespace
    /// `from` or `to`.
    let prefix: String

    /// The peers: empty for everyone, nil where the rule names none.
    func peers(_ rule: JSONValue) throws(Malformed) -> [NetworkPolicy.Peer]? {
        let kinds = ["Endpoints", "Entities", "CIDR", "CIDRSet", "FQDNs"].map { prefix + $0 }
        try rule.allow(kinds + ["toPorts", "icmps"])
        let present = kinds.filter { rule[$0] != nil }
        guard let kind = present.first else { return nil }
        guard present.count == 1 else { throw Malformed("a rule has peers of several kinds") }
        let items = rule.items(kind)
        // Such a list selects nobody, and in some versions everybody.
        guard !items.isEmpty else { throw Malformed("a list of peers is empty") }
        switch kind.dropFirst(prefix.count) {
        case "Endpoints": return try endpoints(items)
        case "Entities": return try entities(items)
        case "FQDNs": return try names(items)
        default: return try blocks(items)
        }
    }

    private func endpoints(_ items: [JSONValue]) throws(Malformed) -> [NetworkPolicy.Peer] {
        var peers: [NetworkPolicy.Peer] = []
        for item in items { peers.append(try CiliumSelectorReader(namespace: namespace).endpoint(item)) }
        return peers
    }

    /// `cluster` is every pod and every node; `all` is everyone, whatever stands beside it.
    private func entities(_ items: [JSONValue]) throws(Malformed) -> [NetworkPolicy.Peer] {
        var peers: [NetworkPolicy.Peer] = []
        let words = items.compactMap(\.text)
        for word in words where word != "all" {
            if word == "cluster" {
                peers += [CiliumSelectorReader.everyPod, .entity(.host), .entity(.remoteNode)]
            } else if let entity = NetworkEntity(rawValue: word) {
                peers.append(.entity(entity))
            } else {
                throw Malformed("an entity cannot be judged")
            }
        }
        return words.contains("all") ? [] : peers
    }

    private func blocks(_ items: [JSONValue]) throws(Malformed) -> [NetworkPolicy.Peer] {
        var peers: [NetworkPolicy.Peer] = []
        for item in items {
            if case .object = item { try item.allow("cidr", "except") }
            guard let range = (item.text ?? item["cidr"]?.text).flatMap(Self.range) else {
                throw Malformed("an address range is malformed")
            }
            var exceptions: [CIDR] = []
            for text in item.texts("except") {
                guard let exception = Self.range(text) else { throw Malformed("an address range is malformed") }
                exceptions.append(exception)
            }
            peers.append(.ipBlock(range, except: exceptions))
        }
        return peers
    }

    /// A range, or one address without its length.
    private static func range(_ text: String) -> CIDR? {
        CIDR(text) ?? IPAddress(text).map { CIDR(host: $0) }
    }

    private func names(_ items: [JSONValue]) throws(Malformed) -> [NetworkPolicy.Peer] {
        var peers: [NetworkPolicy.Peer] = []
        for item in items {
            try item.allow("matchName", "matchPattern")
            let texts = [item["matchName"]?.text, item["matchPattern"]?.text].compactMap(\.self)
            guard let text = texts.first, texts.count == 1, !text.isEmpty else {
                throw Malformed("a name is malformed")
            }
            guard !text.contains("**") else { throw Malformed("a name pattern differs between versions of Cilium") }
            guard item["matchName"] == nil || !text.contains("*") else { throw Malformed("a name is malformed") }
            let name = text.lowercased()
            peers.append(.name(name.hasSuffix(".") ? String(name.dropLast()) : name))
        }
        return peers
    }
}
