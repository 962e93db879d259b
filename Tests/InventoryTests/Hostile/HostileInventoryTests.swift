import Domain
import Testing

@testable import Inventory

/// Objects that no API server would store, or that nobody would write: used rightly, or left out with a note.
@Suite(.serialized, .timeLimit(.minutes(1))) struct HostileInventoryTests {
    private typealias Case = HostileCase
    private typealias Cluster = TestCluster

    // MARK: - Owners

    private static func replicaSet(_ name: String, ownedBy owner: String) -> String {
        Cluster.workload("ReplicaSet", name, metadata: Cluster.owner("ReplicaSet", owner))
    }

    private static func owned(_ name: String, by kind: String, _ owner: String) -> String {
        Cluster.pod(name, labels: #"{"app":"x"}"#, owner: Cluster.owner(kind, owner), address: "10.244.2.1")
    }

    @Test(arguments: [
        Case(
            name: "two own each other",
            items: [replicaSet("a", ownedBy: "b"), replicaSet("b", ownedBy: "a"), owned("p", by: "ReplicaSet", "a")],
            isReported: true),
        Case(
            name: "one owns itself", items: [replicaSet("a", ownedBy: "a"), owned("p", by: "ReplicaSet", "a")],
            isReported: true),
        Case(name: "a pod owns itself", items: [owned("p", by: "Pod", "p")]),
        Case(name: "two pods own each other", items: [owned("p", by: "Pod", "q"), owned("q", by: "Pod", "p")]),
        Case(
            name: "a chain of 2,000",
            items: (0..<2000).map { replicaSet("r\($0)", ownedBy: "r\($0 + 1)") }, isReported: true),
        Case(name: "an owner without a name", items: [owned("p", by: "ReplicaSet", "")]),
        Case(name: "an owner of an impossible kind", items: [owned("p", by: "A/B", "web")]),
        Case(
            name: "3,000 owners",
            items: [
                Cluster.object(
                    "v1", "Pod", "p",
                    metadata: #""ownerReferences":["#
                        + (0..<3000).map { #"{"kind":"ReplicaSet","name":"r\#($0)","controller":true}"# }.joined(
                            separator: ",") + "]", #""spec":{},"status":{}"#)
            ]),
        Case(
            name: "a Deployment in another group",
            items: [Cluster.workload("Deployment", "web", apiVersion: "evil.example/v1")], isReported: true),
        Case(
            name: "a kind called Pod in another group",
            items: [Cluster.workload("Pod", "web-0", apiVersion: "evil.example/v1")]),
    ])
    func `owners that lead nowhere`(_ one: HostileCase) { one.expectSound() }

    // MARK: - Names and labels

    private static func many(_ count: Int) -> String {
        "{" + (0..<count).map { #""k\#($0)":"v\#($0)""# }.joined(separator: ",") + "}"
    }

    private static let long = String(repeating: "a", count: 253)

    @Test(
        arguments: [
            Case(name: "10,000 labels on a template", items: [HostileCase.workload(labels: many(10_000))]),
            Case(
                name: "10,000 labels on a pod",
                items: [
                    HostileCase.workload(labels: #"{"app":"odd"}"#),
                    Cluster.pod(
                        "odd-0", labels: many(10_000), owner: Cluster.owner("Deployment", "odd"), address: "10.244.2.1"),
                ]),
            Case(name: "a name of 253", items: [HostileCase.workload(labels: #"{"app":"odd"}"#, name: long)]),
            Case(name: "a label value of 253", items: [Cluster.workload("Deployment", long)], isReported: true),
            Case(
                name: "a name of 254", items: [HostileCase.workload(labels: #"{"app":"odd"}"#, name: long + "a")],
                isReported: true),
            Case(
                name: "a label of 64", items: [HostileCase.workload(labels: #"{"app":"\#(long.prefix(64))"}"#)],
                isReported: true),
            Case(
                name: "a namespace of 64",
                items: [Cluster.object("v1", "Pod", "p", namespace: String(long.prefix(64)), #""spec":{}"#)],
                isReported: true),
            Case(
                name: "a megabyte for a name",
                items: [Cluster.workload("Deployment", String(repeating: "x", count: 1 << 20))]),
        ]
            + [
                #"\u0000"#, #"\u001b[2J"#, #"\n"#, "é", "e\u{301}", "\u{202e}", "\u{200b}", "😀", #"\ud800"#, "a b",
                "../x", "A",
            ].flatMap {
                [
                    Case(name: "\($0) in a name", items: [Cluster.workload("Deployment", "x\($0)x")], isReported: true),
                    Case(
                        name: "\($0) in a namespace",
                        items: [Cluster.object("v1", "Pod", "p", namespace: "x\($0)x", #""spec":{}"#)], isReported: true
                    ),
                ]
            }
            + [#"\u0000"#, #"\u001b[2J"#, "é", "😀", "a b", "a/b", #"\""#, "{{x}}"].flatMap {
                [
                    Case(
                        name: "\($0) in a label", items: [HostileCase.workload(labels: #"{"app":"x\#($0)x"}"#)],
                        isReported: true),
                    Case(
                        name: "\($0) in a label's key",
                        items: [HostileCase.workload(labels: #"{"x\#($0)\#($0)/x":"y"}"#)],
                        isReported: true),
                ]
            })
    func `names and labels that Kubernetes does not allow`(_ one: HostileCase) { one.expectSound() }

    @Test(
        arguments: [
            Case(
                name: "an empty label value",
                items: [
                    HostileCase.workload(labels: #"{"app":""}"#),
                    HostileCase.workload(labels: #"{"app":""}"#, name: "twin"),
                ]),
            Case(
                name: "no labels",
                items: [HostileCase.workload(labels: "{}"), HostileCase.workload(labels: "{}", name: "twin")]),
            Case(name: "null labels", items: [HostileCase.workload(labels: "null")]),
            Case(
                name: "a selector of another's pods",
                items: [HostileCase.workload(labels: #"{"app":"odd"}"#, selector: #"{"matchLabels":{"app":"web"}}"#)]),
            Case(name: "another's labels", items: [HostileCase.workload(labels: #"{"app":"web"}"#)]),
            Case(name: "an empty selector", items: [HostileCase.workload(labels: #"{"app":"odd"}"#, selector: "{}")]),
            Case(name: "a null selector", items: [HostileCase.workload(labels: #"{"app":"odd"}"#, selector: "null")]),
        ]
            + [
                #"{"key":"app","operator":"Exists"}"#, #"{"key":"app","operator":"NotIn","values":["none"]}"#,
                #"{"key":"none","operator":"DoesNotExist"}"#,
                #"{"key":"app","operator":"In","values":["web","odd","odd"]}"#,
            ].map {
                Case(
                    name: $0,
                    items: [
                        HostileCase.workload(labels: #"{"app":"odd"}"#, selector: #"{"matchExpressions":[\#($0)]}"#)
                    ])
            }
            + [
                #"{"key":"app","operator":"Exists","values":["x"]}"#, #"{"key":"app","operator":"In","values":[]}"#,
                #"{"key":"app","operator":"in","values":["x"]}"#, #"{"key":"","operator":"Exists"}"#, "{}", "null",
                "[]",
                #"{"key":"app","operator":"In","values":[1]}"#, #"{"key":"app","operator":"Gt","values":["1"]}"#,
                #"{"key":"a b","operator":"Exists"}"#, #"{"operator":"DoesNotExist"}"#,
            ].map {
                Case(
                    name: $0,
                    items: [
                        HostileCase.workload(labels: #"{"app":"odd"}"#, selector: #"{"matchExpressions":[\#($0)]}"#)
                    ],
                    isReported: true)
            })
    func `selectors that select too much or nothing`(_ one: HostileCase) { one.expectSound() }

    // MARK: - Ports and numbers

    @Test(arguments: [
        "0", "65536", "-1", #""80""#, "1.5", "80.0", "1e3", "99999999999999999999999", "true", #""""#, "[80]", "{}",
        "-9223372036854775808", "00080", "+80", "0x50", "NaN",
    ])
    func `ports that are none`(port: String) {
        let container = #","ports":[{"containerPort":\#(port)}]"#
        Case(
            name: port, items: [Cluster.workload("Deployment", "odd", container: container)], isReported: true
        ).expectSound()
        let service = Self.service(#""selector":{"app":"api"},"ports":[{"port":\#(port)}]"#)
        Case(name: port, items: [service], isReported: true).expectSound()
        for member in ["targetPort", "nodePort"] {
            let service = Self.service(#""selector":{"app":"api"},"ports":[{"port":80,"\#(member)":\#(port)}]"#)
            Case(name: port, items: [service]).expectSound()
        }
    }

    private static func service(_ spec: String, name: String = "odd") -> String {
        Cluster.object("v1", "Service", name, #""spec":{\#(spec)}"#)
    }

    @Test(arguments: [
        Case(
            name: "10,000 ports",
            items: [
                service(
                    #""selector":{"app":"api"},"clusterIP":"10.96.9.9","ports":["#
                        + (1...10_000).map { #"{"name":"p\#($0)","port":\#($0),"targetPort":8080}"# }.joined(
                            separator: ",") + "]")
            ]),
        Case(
            name: "10,000 container ports",
            items: [
                Cluster.workload(
                    "Deployment", "odd",
                    container: #","ports":["# + (1...10_000).map { #"{"containerPort":\#($0)}"# }.joined(separator: ",")
                        + "]")
            ]),
        Case(
            name: "a selector of an empty value",
            items: [service(#""selector":{"app":""},"clusterIP":"10.96.9.9","ports":[{"port":80}]"#)]),
        Case(
            name: "no selector, exposed",
            items: [service(#""type":"LoadBalancer","clusterIP":"10.96.9.9","ports":[{"port":80,"nodePort":30000}]"#)]),
        Case(name: "equal ports", items: [service(#""selector":{"app":"api"},"ports":[{"port":80},{"port":80}]"#)]),
    ])
    func `Services of odd ports and selectors`(_ one: HostileCase) { one.expectSound() }
}
