import Domain
import NetworkLearner
import Testing

/// The policies that Inspektor Gadget's advisor expects.
struct GadgetTests {
    @Test(.enabled(if: !GadgetCase.all.isEmpty, "the pairs are not beside this repository"), arguments: GadgetCase.all)
    func `reaches what the golden reaches, for a pod with a label`(_ pair: GadgetCase) throws {
        try pair.learned(podLabels: ["run": "test-pod"]).check(Self.known[pair.name])
    }

    /// Where the golden selects every pod of the namespace, we write nothing and say why.
    @Test(.enabled(if: !GadgetCase.all.isEmpty, "the pairs are not beside this repository"), arguments: GadgetCase.all)
    func `selects no pod without a label`(_ pair: GadgetCase) throws {
        let learned = try pair.learned(podLabels: [:]).learned
        let isEmpty = pair.name == "empty"
        let policies = learned?.policies ?? []
        let unselectable = (learned?.heldBack ?? []).filter { $0.reason == .unselectable }
        #expect(policies == [])
        #expect(unselectable.isEmpty == isEmpty)
    }

    private typealias Reason = KnownDifferences.Reason

    private static let service = KnownDifferences(
        Reason(
            "`podSelector: {}` is every pod of the namespace, where one was seen",
            "+ bystander@test-networkpolicy-8485776873410829123 ingress",
            "+ bystander@test-networkpolicy-8485776873410829123 egress"),
        Reason("nothing was seen to come in, which proves nothing: the golden closes it", "+ test-pod ingress"),
        Reason(
            "policies see the API server's own address and port, not those of the Service `kubernetes`; and it is no "
                + "pod of the namespace `default`, all of which the golden opens", "+ test-pod -> API server TCP/8443",
            "- test-pod -> bystander@default TCP/443"),
        Reason(
            "answers that do not fit a datagram are asked for again over TCP (RFC 7766)",
            "+ test-pod -> kube-dns TCP/53"),
        Reason("the golden is one pod's; we learn the resolver's side as well", "- kube-dns ingress"))

    static let known = ["connect-to-svc": service, "connect-to-svc-duplicate": service]
}
