extension AccuKnoxTests {
    private typealias Reason = KnownDifferences.Reason

    // MARK: - Reasons

    /// Every golden isolates egress; the pods then resolve names only where DNS happened to be in the same few records,
    /// and never over TCP, which answers too long for a datagram need (RFC 7766).
    private static func names(_ pods: String..., seen: [String] = []) -> Reason {
        Reason(
            "the golden isolates egress without the cluster's DNS, so that the pod could call nothing by name",
            cells: Reason.cells("+", pods, "->", ["kube-dns"], "UDP/53", "TCP/53")
                + Reason.cells("+", seen, "->", ["kube-dns"], "TCP/53"))
    }

    private static func merged(_ cells: String...) -> Reason {
        Reason("the golden merges selectors to a shared label, and so speaks of pods that nobody saw", cells: cells)
    }

    /// Neither records nor the golden's own description of them say more than one port.
    private static func anyPort(_ pods: [String], _ peers: [String], _ ports: String...) -> Reason {
        Reason(
            "one port was seen, and the golden opens every port of the entity or Service",
            cells: ports.flatMap { Reason.cells("-", pods, "->", peers, $0) })
    }

    private static func lookup(_ cells: String...) -> Reason {
        Reason(
            "the only records are of DNS (queries that go to their own answer, on a port that is no DNS server's): a "
                + "lookup is no connection, so that nothing was seen that egress could be isolated by", cells: cells)
    }

    private static func entity(_ name: String) -> KnownDifferences {
        KnownDifferences(
            names("ubuntu-1"),
            anyPort(
                ["ubuntu-1"], [name, "\(name) elsewhere"], "TCP/53", "UDP/53", "TCP/52612", "TCP/61234"))
    }

    // MARK: - Cases

    static let known: [String: KnownDifferences] = [
        "TC_01": .init(names(seen: ["ubuntu-1"])),
        "TC_02": .init(names(seen: ["ubuntu-1"])),
        "TC_03": .init(names("ubuntu-1")),
        "TC_04": .init(names("ubuntu-2")),
        "TC_05": .init(
            Reason(
                "the record's pod carries group-1, the golden selects group-2", "- ubuntu-5 egress",
                "+ only container=ubuntu-5,group=group-2 egress")),
        "TC_06": .init(names("ubuntu-2")),
        "TC_07": .init(lookup("+ ubuntu-2 egress")),
        "TC_08": .init(lookup("+ ubuntu-2 egress")),
        "TC_09": entity("host"),
        "TC_10": entity("remote-node"),
        "TC_11": .init(
            names("ubuntu-2"),
            anyPort(
                ["ubuntu-2"], ["143.248.36.38"], "TCP/53", "UDP/53", "TCP/52472", "UDP/39234", "TCP/61234")),
        "TC_12": .init(
            names("ubuntu-2", "ubuntu-3"),
            anyPort(
                ["ubuntu-2", "ubuntu-3"], ["143.248.36.38"], "TCP/53", "UDP/53", "TCP/52472", "UDP/39234",
                "TCP/61234"), merged("+ only group=group-1 egress")),
        "TC_13": .init(
            names("ubuntu-4", "ubuntu-5", seen: ["ubuntu-1"]), merged("+ only group=group-2 egress")),
        "TC_14": .init(
            lookup("+ ubuntu-2 egress", "+ ubuntu-3 egress"), merged("+ only group=group-1 egress")),
        "TC_15": .init(names("ubuntu-4", "ubuntu-5"), merged("+ only group=group-2 egress")),
        "TC_16": .init(
            names("ubuntu-1", "ubuntu-2", "ubuntu-3", "ubuntu-5", seen: ["ubuntu-4"]),
            merged("+ only common=commonselector egress", "- ubuntu-4 -> ubuntu-4 TCP/8080")),
        "TC_17": .init(
            names(seen: ["ubuntu-1"]),
            merged("- ubuntu-1 -> only group=group-2 TCP/8000", "- ubuntu-1 -> only group=group-2 TCP/8080")),
        "TC_18 before": .init(names("ubuntu-3")),
        "TC_18 after": .init(names("ubuntu-1", "ubuntu-3"), merged("+ only group=group-1 egress")),
        "TC_19 before": .init(names("ubuntu-1")),
        "TC_19 after": .init(
            names("ubuntu-1"),
            merged("- ubuntu-1 -> only group=group-2 TCP/8000", "- ubuntu-1 -> only group=group-2 TCP/8080")),
        "TC_20 before": .init(names("ubuntu-3")),
        "TC_20 after": .init(
            Reason(
                "9153 is where CoreDNS offers its metrics: nobody looked them up", "- ubuntu-3 -> kube-dns TCP/9153")),
    ]
}
