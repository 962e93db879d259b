import Testing

@testable import KubernetesClient

@Suite struct DiscoveryStateTests {
    private let wanted = [
        WantedKind("core/Pod", isNamespaced: true), WantedKind("apps/Deployment", isNamespaced: true),
        WantedKind("gateway.networking.k8s.io/HTTPRoute", isNamespaced: true),
        WantedKind("gateway.networking.k8s.io/TCPRoute", isNamespaced: true),
        WantedKind("projectcalico.org/NetworkPolicy", isNamespaced: true),
        WantedKind("cilium.io/CiliumNode", isNamespaced: false),
    ]

    private static func resources(_ version: String, _ kinds: [(String, String)], verbs: String = #""list","watch""#)
        -> String
    {
        let items = kinds.map { #"{"name":"\#($0.1)","kind":"\#($0.0)","namespaced":true,"verbs":[\#(verbs)]}"# }
        return
            #"{"kind":"APIResourceList","groupVersion":"\#(version)","resources":[\#(items.joined(separator: ","))]}"#
    }

    private static func groups(_ groups: [String: [String]]) -> String {
        let items = groups.sorted { $0.key < $1.key }.map { name, versions in
            let listed = versions.map { #"{"groupVersion":"\#(name)/\#($0)","version":"\#($0)"}"# }
            return
                #"{"name":"\#(name)","versions":[\#(listed.joined(separator: ","))],"preferredVersion":\#(listed[0])}"#
        }
        return #"{"kind":"APIGroupList","groups":[\#(items.joined(separator: ","))]}"#
    }

    private static let answers = [
        "/api/v1": resources("v1", [("Pod", "pods/status"), ("Pod", "pods")]),
        "/apis": groups([
            "apps": ["v1"], "batch": ["v1"], "gateway.networking.k8s.io": ["v1", "v1alpha2"],
            "projectcalico.org": ["v3"],
        ]),
        "/apis/apps/v1": resources("apps/v1", [("Deployment", "deployments")]),
        "/apis/gateway.networking.k8s.io/v1": resources("", [("HTTPRoute", "httproutes")]),
        "/apis/gateway.networking.k8s.io/v1alpha2": resources(
            "", [("TCPRoute", "tcproutes"), ("HTTPRoute", "httproutes")]),
    ]

    private func run(_ answers: [String: String]) -> (state: DiscoveryState, asked: [String], isWhole: Bool) {
        var state = DiscoveryState(wanted)
        var asked: [String] = []
        while let path = state.path {
            asked.append(path)
            guard state.take(answers[path].map { (200, Array($0.utf8)) }) else { return (state, asked, false) }
        }
        return (state, asked, true)
    }

    @Test func `finds each kind at the version that has it, and asks for no other group`() {
        let (state, asked, isWhole) = run(Self.answers)
        #expect(isWhole)
        let route = WatchedResource(
            kind: "gateway.networking.k8s.io/TCPRoute", apiVersion: "gateway.networking.k8s.io/v1alpha2",
            resource: "tcproutes")
        #expect(state.findings["gateway.networking.k8s.io/TCPRoute"] == .served(route))
        #expect(route.path == "/apis/gateway.networking.k8s.io/v1alpha2/tcproutes")
        guard case .served(let pods) = state.findings["core/Pod"] else { return #expect(Bool(false)) }
        #expect(pods.path == "/api/v1/pods")
        guard case .served(let http) = state.findings["gateway.networking.k8s.io/HTTPRoute"] else {
            return #expect(Bool(false))
        }
        #expect(http.apiVersion == "gateway.networking.k8s.io/v1")
        #expect(state.findings["cilium.io/CiliumNode"] == .absent)
        #expect(!asked.contains { $0.contains("batch") })
    }

    @Test func `does not take a group whose server is silent for absent`() {
        #expect(run(Self.answers).state.findings["projectcalico.org/NetworkPolicy"] == .unknown)
    }

    @Test func `needs the core and the list of groups`() {
        for path in ["/api/v1", "/apis"] {
            var answers = Self.answers
            answers[path] = nil
            #expect(!run(answers).isWhole)
            answers[path] = "{}"
            #expect(!run(answers).isWhole)
        }
    }

    @Test func `takes no resource that cannot be watched, or whose name would make another path`() {
        var answers = Self.answers
        answers["/apis/apps/v1"] = Self.resources("", [("Deployment", "..%2fsecrets")])
        #expect(run(answers).state.findings["apps/Deployment"] == .unknown)
        answers["/apis/apps/v1"] = Self.resources("", [("Deployment", "deployments")], verbs: #""list""#)
        #expect(run(answers).state.findings["apps/Deployment"] == .unknown)
        answers["/apis/apps/v1"] = Self.resources("", [("Deployment", "deployments/scale")])
        #expect(run(answers).state.findings["apps/Deployment"] == .absent)
    }

    @Test func `names the rule that is missing`() {
        let pods = WatchedResource(kind: "core/Pod", apiVersion: "v1", resource: "pods")
        #expect(pods.rule == #"{apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"]}"#)
    }
}
