import Decoders
import Domain
import Testing

/// Audit events as GKE writes them to Cloud Logging.
@Suite struct LogEntryTests {
    private static func accesses(_ change: (inout LogEntryText) -> Void) -> [String] {
        Decoding(AuditDecoder(), lines: [LogEntryText().with(change).line]).accesses
    }

    private static let allow =
        #"{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: a \"b\""}"#
    private static let forbid = #"{"authorization.k8s.io\/decision":"forbid"}"#

    @Test func `an entry gives subject, action, time, agent and reason`() {
        let entry = LogEntryText().with { $0.labels = Self.allow }
        let decoding = Decoding(AuditDecoder(), lines: [entry.line])
        #expect(decoding.accesses == ["User dana@example.com: get pods web in shop allowed"])
        #expect(decoding.records.accesses.map(\.time) == [Timestamp("2026-11-01T00:00:01.5Z")])
        #expect(decoding.samples == ["kubectl/v1.36: 200"])
        #expect(decoding.decoder.tables.reasons == [#"RBAC: a "b""#])
    }

    @Test(arguments: [
        ("io.k8s.core.v1.pods.list", "core/v1/namespaces/shop/pods", "list pods in shop"),
        ("io.k8s.core.v1.pods.list", "core/v1/pods", "list pods"),
        ("io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/shop/pods/web/exec", "create pods/exec web in shop"),
        ("io.k8s.core.v1.services.proxy.get", "core/v1/namespaces/s/services/x/proxy/a/b", "get services/proxy x in s"),
        (
            "io.k8s.apps.v1.deployments.patch", "apps/v1/namespaces/shop/deployments/web",
            "patch deployments.apps web in shop"
        ),
        (
            "io.k8s.authorization.rbac.v1.clusterroles.update", "rbac.authorization.k8s.io/v1/clusterroles/view",
            "update clusterroles.rbac.authorization.k8s.io view"
        ),
        ("io.k8s.core.v1.nodes.status.patch", "core/v1/nodes/n-1/status", "patch nodes/status n-1"),
        ("io.k8s.core.v1.namespaces.get", "core/v1/namespaces/shop", "get namespaces shop in shop"),
        ("io.k8s.core.v1.namespaces.list", "core/v1/namespaces", "list namespaces"),
        (
            "io.k8s.core.v1.namespaces.finalize.update", "core/v1/namespaces/s/finalize",
            "update namespaces/finalize s in s"
        ),
        ("io.k8s.core.v1.pods.deletecollection", "core/v1/namespaces/shop/pods", "deletecollection pods in shop"),
        // A plain create has no name when it is authorized.
        ("io.k8s.core.v1.pods.create", "core/v1/namespaces/shop/pods/web", "create pods in shop"),
        ("io.k8s.get", "healthz", "get /healthz"), ("io.k8s.get", "apis/apps/v1", "get /apis/apps/v1"),
        ("io.k8s.post", "/logs/x", "post /logs/x"),
        ("io.cert-manager.v1.x.get", "cert-manager.io/v1/x/y", "get x.cert-manager.io y"),
    ]) func `method and resource name say what was asked for`(method: String, resource: String, action: String) {
        let accesses = Self.accesses {
            $0.method = method
            $0.resource = resource
        }
        #expect(accesses == ["User dana@example.com: \(action) allowed"])
    }

    @Test(
        arguments: [
            // The labels are the authorizer's own words.
            (allow, nil, "{}", "allowed"), (allow, nil, #"{"code":7}"#, "allowed"), (forbid, nil, "{}", "denied"),
            // A refusal anywhere counts.
            (forbid, #"[{"granted":true}]"#, "{}", "denied"), (allow, #"[{"granted":false}]"#, "{}", "denied"),
            (nil, #"[{"granted":true},{"granted":false}]"#, "{}", "denied"),
            (nil, #"[{"granted":false}]"#, nil, "denied"),
            // Granted is believed, unless the status says otherwise.
            (nil, #"[{"granted":true}]"#, #"{"code":5}"#, "allowed"), (nil, #"[{"granted":true}]"#, nil, "allowed"),
            (nil, #"[{"granted":true}]"#, #"{"code":7}"#, "denied"),
            (nil, #"[{"granted":true}]"#, #"{"code":403}"#, "denied"),
            // A false one may be left out; so the status decides.
            (nil, #"[{"permission":"p"}]"#, #"{"code":7}"#, "denied"), (nil, "[]", #"{"code":7}"#, "denied"),
            (nil, #"[{"permission":"p"}]"#, "{}", "allowedByStatus"), (nil, nil, nil, "allowedByStatus"),
            (nil, nil, #"{"code":5,"message":"not found"}"#, "allowedByStatus"),
            (nil, nil, #"{"code":6}"#, "allowedByStatus"),
            (nil, nil, #"{"code":0}"#, "allowedByStatus"), ("{}", "null", "null", "allowedByStatus"),
        ] as [(String?, String?, String?, String)]) func `labels decide, then checks, then the status`(
            labels: String?, authorization: String?, status: String?, expected: String
        )
    {
        let accesses = Self.accesses {
            $0.labels = labels
            $0.authorization = authorization
            $0.status = status
        }
        #expect(accesses == ["User dana@example.com: get pods web in shop \(expected)"])
    }

    @Test(
        arguments: [
            (#"{"code":16}"#, .unauthenticated), (#"{"code":8}"#, .rateLimited),
        ] as [(String, IgnoreReason)]) func `what came before authorization is ignored`(
            status: String, reason: IgnoreReason
        )
    {
        let entry = LogEntryText().with {
            $0.authorization = nil
            $0.status = status
        }
        #expect(Decoding(AuditDecoder(), lines: [entry.line]).ignored == [reason])
    }

    @Test(arguments: [
        (
            #"{"principalEmail":"system:serviceaccount:shop:api"}"#,
            ["ServiceAccount shop/api: get pods web in shop allowed"]
        ),
        (#"{"principalEmail":"d\u0061na"}"#, ["User dana: get pods web in shop allowed"]),
        (#"{"authoritySelector":"system:anonymous"}"#, ["User system:anonymous: get pods web in shop allowed"]),
        (#"{"principalEmail":"dana","authoritySelector":"dana"}"#, ["User dana: get pods web in shop allowed"]),
        (
            #"{"principalEmail":"dana","authoritySelector":"system:serviceaccount:shop:api"}"#,
            [
                "ServiceAccount shop/api: get pods web in shop allowed",
                "User dana: impersonate serviceaccounts api in shop allowed",
            ]
        ),
        ("{}", []),
    ]) func `the principal asked, or the one that it asked as`(authentication: String, accesses: [String]) {
        #expect(Self.accesses { $0.authentication = authentication } == accesses)
    }

    @Test(
        arguments: [
            (nil, #"[{"granted":false}]"#, #"{"code":7}"#, []), (nil, nil, #"{"code":7}"#, []),
            (
                forbid, nil, #"{"code":7}"#,
                ["User eve: get pods web in shop denied", "User dana: impersonate users eve allowed"]
            ),
        ] as [(String?, String?, String, [String])])
    func `a refused impersonation grants nothing`(
        labels: String?, authorization: String?, status: String, accesses: [String]
    ) {
        let entry = LogEntryText().with {
            $0.authentication = #"{"principalEmail":"dana","authoritySelector":"eve"}"#
            $0.labels = labels
            $0.authorization = authorization
            $0.status = status
        }
        let decoding = Decoding(AuditDecoder(), lines: [entry.line])
        #expect(decoding.accesses == accesses)
        #expect(decoding.ignored == (accesses.isEmpty ? [.refusedImpersonation] : []))
    }

    @Test func `entries of one operation count once`() {
        let first = LogEntryText().with {
            $0.operation = #"{"id":"op-1","first":true}"#
            $0.status = nil
            $0.method = "io.k8s.core.v1.pods.watch"
        }
        let last = first.with { $0.operation = #"{"id":"op-1","last":true}"# }
        let decoding = Decoding(AuditDecoder(), lines: [first.line, last.line, last.line])
        #expect(decoding.records.accesses.map(\.isCounted) == [true, false, false])
        let open = Decoding(AuditDecoder(), lines: [first.with { $0.authorization = nil }.line])
        #expect(open.ignored == [.undecided])
    }

    @Test(
        arguments: [
            (LogEntryText().with { $0.service = #""serviceName":"compute.googleapis.com","# }, .notThisSource),
            (LogEntryText(method: "compute.instances.list", service: ""), .notThisSource),
            (LogEntryText().with { $0.time = #""x":1"# }, .missingTime),
            (LogEntryText().with { $0.time = #""timestamp":"2026-11-01 00:00:01""# }, .wrongType),
            (LogEntryText().with { $0.authentication = "null" }, .missingField),
            (LogEntryText().with { $0.authentication = #"{"principalEmail":7}"# }, .wrongType),
            (LogEntryText().with { $0.authentication = #"{"principalEmail":"\ud800"}"# }, .wrongType),
            // Without its resource's name, nobody knows where a request went.
            (LogEntryText().with { $0.resource = nil }, .missingField),
            (LogEntryText().with { $0.resource = "core" }, .missingField),
            (LogEntryText().with { $0.resource = "core/v1" }, .missingField),
            (LogEntryText().with { $0.resource = "core//pods" }, .missingField),
            (LogEntryText().with { $0.method = "io.k8s.readyz" }, .missingField),
            (LogEntryText().with { $0.method = "io.k8s.core." }, .missingField),
            (LogEntryText().with { $0.status = #"{"code":"seven"}"# }, .wrongType),
            (LogEntryText().with { $0.status = "[]" }, .wrongType),
            (LogEntryText().with { $0.authorization = #"[{"granted":"yes"}]"# }, .wrongType),
            (LogEntryText().with { $0.resource = "core/v1/" + String(repeating: "x", count: 9000) }, .tooLong),
        ] as [(LogEntryText, Diagnostic.Kind)]) func `entries that cannot be used are rejected`(
            entry: LogEntryText, kind: Diagnostic.Kind
        )
    {
        let decoding = Decoding(AuditDecoder(), lines: [entry.line, EventText().line])
        #expect(decoding.rejected == [kind], "\(entry.line)")
        #expect(decoding.records.observed == 1)
    }

    @Test func `a service's name may be missing where the method is Kubernetes'`() {
        #expect(Self.accesses { $0.service = "" } == ["User dana@example.com: get pods web in shop allowed"])
    }
}
