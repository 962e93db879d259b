import CSimdjson
import Domain

/// Gives Hubble's decoded fields their meaning: which of them are observations, and of which edge.
struct FlowInterpreter {
    private(set) var tables = ObservationTables()
    private let defaultTime: Timestamp?
    /// By the parser's endpoint number.
    private var endpoints: [Endpoint] = []
    /// By the parser's endpoint number: what samples call it.
    private(set) var shownNames: [String] = []
    /// By the parser's address number: the number in `tables`, or nil for what is no address.
    private var addresses: [Int32?] = []
    /// The numbers of all names of `fqdn:` labels, endpoint by endpoint.
    private var labelNames: [Int32] = []
    /// By the parser's list number: names, or addresses, read when first used as such.
    private var nameLists: [UInt32: [Int32]] = [:]
    private var addressLists: [UInt32: [Int32]] = [:]
    private var queries: [UInt32: Int32] = [:]

    /// An endpoint object, looked at once.
    private struct Endpoint {
        var peer: Int32
        /// The pod's number; -1 for others.
        var pod: Int32 = -1
        var needsAddress = true
        var isHealthCheck = false
        /// The peer that it is to pods of its own node; -1 where that is no other.
        var ownNode: Int32 = -1
        var names = 0..<0
    }

    /// One side of a flow.
    private struct Side {
        let endpoint: Endpoint
        /// -1 where the record has none.
        let address: Int32

        var reference: PeerReference {
            PeerReference(peer: endpoint.peer, address: endpoint.needsAddress ? address : -1)
        }
        var isUnplaced: Bool { endpoint.needsAddress && address < 0 }
    }

    init(defaultTime: Timestamp?) { self.defaultTime = defaultTime }

    mutating func reset() { self = FlowInterpreter(defaultTime: defaultTime) }

    mutating func interpret(
        _ flows: UnsafeBufferPointer<lw_flow>, of input: UnsafeRawBufferPointer, parser: borrowing TextParser,
        into records: inout DecodedRecords
    ) {
        for index in flows.indices {
            records.count += 1
            if let kind = rejection(of: flows[index], parser: parser, into: &records) {
                records.reject(kind, flows[index].place, index: index, of: input)
            }
        }
    }

    /// Interprets one flow; returns why it cannot be used, if so.
    private mutating func rejection(
        of flow: lw_flow, parser: borrowing TextParser, into records: inout DecodedRecords
    ) -> Diagnostic.Kind? {
        if flow.place.is_list { return .notThisSource }
        if let kind = Diagnostic.Kind(flow.place.error) { return kind }
        guard let time = flow.time == lw_no_time ? defaultTime : Timestamp(nanoseconds: flow.time) else {
            return .missingTime
        }
        if let reason = Self.ignoring(flow) {
            records.cover(time, lost: flow.kind == lw_kind_lost ? Int64(clamping: flow.lost) : 0)
            records.ignored.add(reason)
            return nil
        }
        guard let source = side(flow.source, flow.source_address, parser: parser),
            let destination = side(flow.destination, flow.destination_address, parser: parser)
        else { return .wrongType }
        records.cover(time)
        observe(flow, between: source, and: destination, time, parser: parser, into: &records)
        return nil
    }

    /// Why a record is none that can be learned from, whatever its sides are.
    private static func ignoring(_ flow: lw_flow) -> IgnoreReason? {
        if flow.kind != lw_kind_flow { return .notAFlow }
        // SOCK; its verdicts TRACED and TRANSLATED say nothing about a packet.
        if flow.type == 3 || flow.verdict == 6 || flow.verdict == 7 { return .socketEvent }
        // FORWARDED, AUDIT and REDIRECTED are traffic that went through.
        return flow.verdict == 1 || flow.verdict == 4 || flow.verdict == 5 ? nil : .verdict
    }

    private mutating func observe(
        _ flow: lw_flow, between source: Side, and destination: Side, _ time: Timestamp,
        parser: borrowing TextParser, into records: inout DecodedRecords
    ) {
        if source.endpoint.isHealthCheck || destination.endpoint.isHealthCheck {
            return records.ignored.add(.healthCheck)
        }
        sight(source, names: flow.source_names, time, parser: parser, into: &records)
        sight(destination, names: flow.destination_names, time, parser: parser, into: &records)
        if flow.type == 2 {
            answer(flow, time, parser: parser, into: &records)
            guard Self.showsConnection(flow) else { return records.ignored.add(.applicationLayer) }
        }
        guard let networkProtocol = NetworkProtocol(rawValue: flow.protocol) else {
            return records.ignored.add(.noTransport)
        }
        if source.isUnplaced || destination.isUnplaced { return records.ignored.add(.noAddress) }
        let way = networkProtocol.hasPorts ? FlowWay(flow) : .request
        if !networkProtocol.hasPorts, !Self.isEchoRequest(flow) { return records.ignored.add(.icmpReply) }
        records.observed += 1
        let opener = way.isReversed ? destination : source
        let server = way.isReversed ? source : destination
        records.connections.append(
            Connection(
                source: Self.opener(opener, of: flow, to: server), destination: server.reference,
                protocol: networkProtocol, port: Port(way.isReversed ? flow.source_port : flow.destination_port),
                direction: way.direction,
                outcome: Self.outcome(flow, way), time: time,
                sample: Self.reference(flow)))
    }

    /// True for what a proxy read on a connection that it let through: a request, or the answer to one.
    ///
    /// Where traffic is watched on the application layer, this may be the only record of a connection. Its ports are those
    /// of the pods, not the proxy's (Cilium, `pkg/proxy/accesslog`).
    private static func showsConnection(_ flow: lw_flow) -> Bool {
        let isMessage = flow.l7_type == 1 || flow.l7_type == 2
        return flow.l7_is_connected && isMessage && flow.verdict == 1
            && flow.protocol == NetworkProtocol.tcp.rawValue && flow.source_port > 0 && flow.destination_port > 0
    }

    /// Who opened the connection.
    ///
    /// A node of the control plane has the labels of both host and API server where it is the node of the agent that
    /// saw the flow. To a pod there it is the pod's own node, whose kubelet probes it; from the pod it is the API server.
    private static func opener(_ side: Side, of flow: lw_flow, to server: Side) -> PeerReference {
        guard side.endpoint.ownNode >= 0, flow.traffic_direction == 1, !server.endpoint.needsAddress else {
            return side.reference
        }
        return PeerReference(peer: side.endpoint.ownNode, address: side.address)
    }

    private static func isEchoRequest(_ flow: lw_flow) -> Bool {
        let isRequest = flow.protocol == NetworkProtocol.icmpv4.rawValue ? flow.icmp_type == 8 : flow.icmp_type == 128
        return isRequest && flow.is_reply != lw_true
    }

    private static func outcome(_ flow: lw_flow, _ way: FlowWay) -> Connection.Outcome {
        let isTCP = flow.protocol == NetworkProtocol.tcp.rawValue
        if way == .reply { return isTCP && flow.flags & lw_flag_rst != 0 ? .refused : .answered }
        let isFirstPacket = flow.flags & (lw_flag_syn | lw_flag_ack) == lw_flag_syn
        return isTCP && isFirstPacket && !way.isReversed ? .attempted : .opened
    }
}

// MARK: - Sides

extension FlowInterpreter {
    /// A side; nil if its endpoint or its address is not what it should be.
    private mutating func side(_ endpoint: UInt32, _ address: UInt32, parser: borrowing TextParser) -> Side? {
        while endpoint != lw_none, endpoints.count <= Int(endpoint) {
            endpoints.append(readEndpoint(UInt32(endpoints.count), parser: parser))
        }
        while address != lw_none, addresses.count <= Int(address) {
            let text = parser.text(lw_table_addresses, UInt32(addresses.count)) ?? ""
            addresses.append(IPAddress(text).map { tables.number(of: $0) })
        }
        guard let number = address == lw_none ? -1 : addresses[Int(address)] else { return nil }
        if endpoint == lw_none {
            return Side(
                endpoint: Endpoint(peer: tables.number(of: ObservedPeer(.unknown, address: nil))), address: number)
        }
        let known = endpoints[Int(endpoint)]
        return known.peer < 0 ? nil : Side(endpoint: known, address: number)
    }

    /// The peer is -1 where the object cannot be used.
    private mutating func readEndpoint(_ id: UInt32, parser: borrowing TextParser) -> Endpoint {
        guard let items = parser.items(lw_table_endpoints, id), let read = HubbleEndpoint(items) else {
            shownNames.append("")
            return Endpoint(peer: -1)
        }
        shownNames.append(read.shownName)
        var endpoint = Endpoint(peer: tables.number(of: read.peer))
        endpoint.needsAddress = read.peer.kind != .pod
        endpoint.isHealthCheck = read.isHealthCheck
        if read.isLocalAPIServer { endpoint.ownNode = tables.number(of: ObservedPeer(.host, address: nil)) }
        if !read.podName.isEmpty {
            endpoint.pod = tables.number(of: ObservationTables.Pod(peer: endpoint.peer, name: read.podName))
        }
        let start = labelNames.count
        labelNames += read.names.map { tables.number(ofName: $0) }
        endpoint.names = start..<labelNames.count
        return endpoint
    }

    private mutating func sight(
        _ side: Side, names list: UInt32, _ time: Timestamp, parser: borrowing TextParser,
        into records: inout DecodedRecords
    ) {
        guard side.address >= 0 else { return }
        if side.endpoint.pod >= 0 {
            records.pods.append(PodSighting(pod: side.endpoint.pod, address: side.address, time: time))
        }
        for index in side.endpoint.names {
            records.names.append((NamedAddress(name: labelNames[index], address: side.address), time))
        }
        guard list != lw_none else { return }
        for name in names(list, parser: parser) {
            records.names.append((NamedAddress(name: name, address: side.address), time))
        }
    }

    private mutating func names(_ list: UInt32, parser: borrowing TextParser) -> [Int32] {
        if let known = nameLists[list] { return known }
        let items = parser.items(lw_table_lists, list) ?? []
        let names = items.compactMap { KubernetesNames.dnsName($0.value) }.map { tables.number(ofName: $0) }
        nameLists[list] = names
        return names
    }

    /// The names that a DNS answer gives to addresses.
    private mutating func answer(
        _ flow: lw_flow, _ time: Timestamp, parser: borrowing TextParser, into records: inout DecodedRecords
    ) {
        guard flow.l7_type == 2, flow.dns_query != lw_none, flow.dns_addresses != lw_none else { return }
        let name = query(flow.dns_query, parser: parser)
        guard name >= 0 else { return }
        for address in answered(flow.dns_addresses, parser: parser) {
            records.names.append((NamedAddress(name: name, address: address), time))
        }
    }

    private mutating func query(_ id: UInt32, parser: borrowing TextParser) -> Int32 {
        if let known = queries[id] { return known }
        let name = parser.text(lw_table_texts, id).flatMap { KubernetesNames.dnsName($0) }
        let number = name.map { tables.number(ofName: $0) } ?? -1
        queries[id] = number
        return number
    }

    private mutating func answered(_ list: UInt32, parser: borrowing TextParser) -> [Int32] {
        if let known = addressLists[list] { return known }
        let items = parser.items(lw_table_lists, list) ?? []
        let found = items.compactMap { IPAddress($0.value) }.map { tables.number(of: $0) }
        addressLists[list] = found
        return found
    }
}
