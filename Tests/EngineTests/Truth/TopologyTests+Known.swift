extension TopologyTests {
    private typealias Reason = KnownDifferences.Reason

    /// What an example consists of, by the names of the grid.
    private struct Estate {
        let workloads: [String]
        /// Namespaces of the example's own, each with a default-deny policy, and others.
        let namespaces: [String]
        let others: [String]
        /// Workloads that call somebody.
        let callers: [String]
        /// Workloads that nobody calls.
        var uncalled: [String] = []
        /// Ports that the golden opens to everyone, with the pods that were seen to use them.
        var open: [(workload: String, port: String, seen: [String])]
        var lookup = (resolver: "kube-dns", port: "53")

        private var pods: [String] {
            Set(workloads + others.filter { !$0.hasPrefix("@") } + ["kube-dns", lookup.resolver]).sorted()
                + namespaces.map { "bystander@\($0)" } + others.filter { $0.hasPrefix("@") }.map { "bystander\($0)" }
        }

        func known(_ more: Reason...) -> [Reason] {
            let bystanders = namespaces.map { "bystander@\($0)" }
            let silent = workloads.filter { !callers.contains($0) }
            return [
                Reason(
                    "default-deny: static analysis claims to know every connection, observation leaves a direction "
                        + "open in which it saw nothing",
                    cells: (bystanders + silent).map { "+ \($0) egress" }
                        + (bystanders + uncalled).map { "+ \($0) ingress" }),
                Reason(
                    "answers that do not fit a datagram are asked for again over TCP (RFC 7766)",
                    cells: Reason.cells("+", callers, "->", [lookup.resolver], "TCP/\(lookup.port)")),
                Reason(
                    "the golden lets DNS go to every pod there is; which pods answer it is known",
                    cells: Reason.cells(
                        "-", callers, "->", pods.filter { $0 != lookup.resolver }, "UDP/\(lookup.port)")),
                Reason(
                    "a load balancer or Route is for the outside: the golden opens the port to every pod as well",
                    cells: open.flatMap { open in
                        Reason.cells(
                            "-", [open.workload], "<-", pods.filter { !open.seen.contains($0) }, open.port)
                    }),
            ] + more
        }
    }

    private static let router = Reason(
        "what answers for Routes is no part of the golden's manifests; we saw what it calls", "- router egress")

    static let known: [String: KnownDifferences] = [
        "k8s_guestbook": .init(
            Estate(
                workloads: ["frontend", "redis-follower", "redis-leader"], namespaces: ["default", "redis"],
                others: ["@kube-system"], callers: ["frontend", "redis-follower"],
                open: [("frontend", "TCP/80", [])]
            ).known()),
        "k8s_wordpress_example": .init(
            Estate(
                workloads: ["wordpress", "wordpress-mysql"], namespaces: ["default"], others: ["@kube-system"],
                callers: ["wordpress"], open: [("wordpress", "TCP/80", [])]
            ).known()),
        "qotd": .init(
            Estate(
                workloads: [
                    "qotd-author", "qotd-db", "qotd-engraving", "qotd-image", "qotd-load", "qotd-pdf", "qotd-qrcode",
                    "qotd-quote", "qotd-rating", "qotd-usecase", "qotd-web",
                ], namespaces: ["qotd", "qotd-load"], others: ["router", "@kube-system", "@openshift-ingress"],
                callers: ["qotd-author", "qotd-pdf", "qotd-quote", "qotd-web"], uncalled: ["qotd-load"],
                open: [("qotd-usecase", "TCP/3012", ["router"]), ("qotd-web", "TCP/3000", ["router"])]
            ).known(router)),
        "acs-security-demos": .init(
            Estate(
                workloads: [
                    "asset-cache", "catalog", "checkout", "gateway", "mastercard-processor", "notification",
                    "recommendation", "reports", "shipping", "visa-processor", "webapp",
                ], namespaces: ["backend", "frontend", "payments"],
                others: ["router", "@kube-system", "@openshift-dns", "@openshift-ingress"],
                callers: ["checkout", "gateway", "recommendation", "reports", "webapp"],
                open: [("asset-cache", "TCP/8080", ["router"]), ("webapp", "TCP/8080", ["router"])],
                lookup: ("dns-default", "5353")
            ).known(router)),
    ]
}
