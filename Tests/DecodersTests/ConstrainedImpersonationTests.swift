import Decoders
import Domain
import Testing

/// What an impersonator is said to need where the record names the verb that allowed it (KEP-5284).
@Suite struct ConstrainedImpersonationTests {
    private static func event(_ user: String, _ constraint: String) -> EventText {
        EventText().with {
            $0.impersonated = user
            $0.metadata = #"{"impersonationConstraint":"\#(constraint)"}"#
        }
    }

    private static func needed(_ event: EventText) -> [String] {
        Decoding(AuditDecoder(), lines: [event.line]).accesses.dropFirst().map {
            $0.replacing("User dana: ", with: "", maxReplacements: 1)
        }
    }

    @Test(
        arguments: [
            (
                #"{"username":"eve","uid":"u-1","groups":["ops","system:authenticated"],"extra":{"a.io/s":["x","y"]}}"#,
                "user-info",
                [
                    "users.authentication.k8s.io eve", "groups.authentication.k8s.io ops",
                    "uids.authentication.k8s.io u-1", "userextras/a.io/s.authentication.k8s.io x",
                    "userextras/a.io/s.authentication.k8s.io y",
                ]
            ),
            (
                #"{"username":"system:anonymous","groups":["system:unauthenticated"]}"#, "user-info",
                ["users.authentication.k8s.io system:anonymous"]
            ),
            (
                #"{"username":"system:serviceaccount:shop:web","groups":["system:serviceaccounts","#
                    + #""system:serviceaccounts:shop","system:authenticated"]}"#,
                "serviceaccount", ["serviceaccounts.authentication.k8s.io web in shop"]
            ),
            (
                #"{"username":"system:node:n-1.example","groups":["system:nodes","system:authenticated"]}"#,
                "arbitrary-node", ["nodes.authentication.k8s.io n-1.example"]
            ),
            (
                #"{"username":"system:node:n-1","groups":["system:nodes","system:authenticated"]}"#,
                "associated-node", ["nodes.authentication.k8s.io *"]
            ),
        ] as [(String, String, [String])])
    func `needs the mode's verb on who it is, and on what was asked for`(
        user: String, mode: String, identities: [String]
    ) {
        let needed = Self.needed(Self.event(user, "impersonate:\(mode)"))
        #expect(
            needed == identities.map { "impersonate:\(mode) \($0) allowed" } + [
                "impersonate-on:\(mode):list pods in shop allowed"
            ])
    }

    @Test func `the check on the request has all that the request's own has`() {
        let log = Self.event(#"{"username":"eve"}"#, "impersonate:user-info").with {
            $0.verb = "get"
            $0.reference =
                #"{"resource":"deployments","apiGroup":"apps","subresource":"scale","namespace":"n","name":"p"}"#
        }
        #expect(Self.needed(log).last == "impersonate-on:user-info:get deployments/scale.apps p in n allowed")
        let path = log.with {
            $0.reference = nil
            $0.uri = "/metrics?x=1"
        }
        #expect(Self.needed(path).last == "impersonate-on:user-info:get /metrics allowed")
    }

    @Test func `an update that created needs its own verb alone: create is asked of the one acted as`() {
        let event = Self.event(#"{"username":"eve"}"#, "impersonate:user-info").with {
            $0.verb = "patch"
            $0.code = 201
            $0.reference = #"{"resource":"pods","namespace":"n","name":"p"}"#
        }
        #expect(Self.needed(event).filter { $0.contains("create") } == ["User eve: create pods p in n allowed"])
        #expect(Self.needed(event).last == "impersonate-on:user-info:patch pods p in n allowed")
    }

    @Test(arguments: ["forbid", nil] as [String?])
    func `a request that was refused needs nothing of who acted as another`(decision: String?) {
        let event = Self.event(#"{"username":"eve"}"#, "impersonate:user-info").with {
            $0.decision = decision
            $0.code = 403
        }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).accesses == ["User eve: list pods in shop denied"])
    }

    /// The group is left out: in which one the verb is asked for is not known, so that no rule can come of it.
    @Test(arguments: [
        ("impersonate:scheduled-node", "impersonate:scheduled-node users eve allowed"),
        ("user-info", "impersonate:user-info users eve allowed"),
        ("impersonate", "impersonate:impersonate users eve allowed"),
        ("impersonate:", "impersonate: users eve allowed"),
        (
            "impersonate:user-info" + String(repeating: " ", count: 99),
            "impersonate:user-info" + String(repeating: " ", count: 75) + " users eve allowed"
        ),
    ])
    func `a verb that is not known is told as it stands, without what it may need else`(
        constraint: String, expected: String
    ) {
        #expect(Self.needed(Self.event(#"{"username":"eve"}"#, constraint)) == [expected])
    }

    /// No server records these.
    @Test(arguments: [
        ("eve", "serviceaccount", "users.authentication.k8s.io eve"),
        ("eve", "arbitrary-node", "users.authentication.k8s.io eve"),
        ("system:serviceaccount:shop:web", "user-info", "serviceaccounts.authentication.k8s.io web in shop"),
        ("system:node:n-1", "user-info", "nodes.authentication.k8s.io n-1"),
        ("system:node:n-1", "serviceaccount", "nodes.authentication.k8s.io n-1"),
    ])
    func `a mode that does not go with the user leaves nothing but what is odd`(
        user: String, mode: String, expected: String
    ) {
        let event = Self.event(#"{"username":"\#(user)"}"#, "impersonate:\(mode)")
        #expect(Self.needed(event) == ["impersonate:\(mode) \(expected) allowed"])
    }

    @Test func `what a mode does not let be chosen is odd too`() {
        let event = Self.event(
            #"{"username":"system:serviceaccount:shop:web","groups":["ops"]}"#, "impersonate:serviceaccount")
        #expect(Self.needed(event) == ["impersonate:serviceaccount groups.authentication.k8s.io ops allowed"])
    }

    @Test(arguments: ["null", "{}", #"{"impersonationConstraint":""}"#, #"{"impersonationConstraint":null}"#])
    func `without a constraint it was plain impersonation`(metadata: String) {
        let event = Self.event(#"{"username":"eve"}"#, "").with { $0.metadata = metadata }
        #expect(Self.needed(event) == ["impersonate users eve allowed"])
    }

    @Test(arguments: ["7", #"["x"]"#, #"{"impersonationConstraint":7}"#])
    func `a constraint that is no text is rejected`(metadata: String) {
        let event = Self.event(#"{"username":"eve"}"#, "").with { $0.metadata = metadata }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).rejected == [.wrongType])
    }

    @Test func `one user is impersonated in several ways, and each is kept apart`() {
        let plain = EventText().with { $0.impersonated = #"{"username":"eve"}"# }
        let events = [
            plain, Self.event(#"{"username":"eve"}"#, "impersonate:user-info"),
            Self.event(#"{"username":"eve"}"#, "impersonate:user-info").with { $0.verb = "watch" }, plain,
        ]
        let accesses = Decoding(AuditDecoder(), lines: events.map(\.line)).accesses.filter { $0.contains("dana") }
        let plainly = "User dana: impersonate users eve allowed"
        let identity = "User dana: impersonate:user-info users.authentication.k8s.io eve allowed"
        #expect(
            accesses == [
                plainly, identity, "User dana: impersonate-on:user-info:list pods in shop allowed", identity,
                "User dana: impersonate-on:user-info:watch pods in shop allowed", plainly + " again",
            ])
    }
}
