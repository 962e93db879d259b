import Decoders
import Domain
import Testing

@Suite struct AuditDecoderTests {
    @Test(
        arguments: [
            (200, "allow", "allowed"), (404, "allow", "allowed"), (409, "allow", "allowed"), (429, "allow", "allowed"),
            (403, "allow", "allowed"), (403, "forbid", "denied"), (200, nil, "allowedByStatus"),
            (404, nil, "allowedByStatus"), (500, nil, "allowedByStatus"),
        ] as [(Int, String?, String)]) func `the annotation decides, then the status`(
            code: Int, decision: String?, expected: String
        )
    {
        let event = EventText().with {
            $0.code = code
            $0.decision = decision
        }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).accesses == ["User dana: list pods in shop \(expected)"])
    }

    @Test(
        arguments: [
            (401, nil, .unauthenticated), (429, nil, .rateLimited), (403, nil, .refusedImpersonation),
            (nil, nil, .undecided),
        ] as [(Int?, String?, IgnoreReason)]) func `what was not decided is ignored`(
            code: Int?, decision: String?, reason: IgnoreReason
        )
    {
        let event = EventText().with {
            $0.code = code
            $0.decision = decision
        }
        let decoding = Decoding(AuditDecoder(), lines: [event.line])
        #expect(decoding.ignored == [reason])
        #expect(decoding.accesses.isEmpty)
    }

    @Test func `a 403 without a decision is a denial where versions did not annotate, or after impersonation`() {
        let bare = EventText().with {
            $0.code = 403
            $0.decision = nil
        }
        let beta = bare.with { $0.version = "audit.k8s.io/v1beta1" }
        let impersonated = bare.with { $0.impersonated = #"{"username":"eve"}"# }
        #expect(Decoding(AuditDecoder(), lines: [beta.line]).accesses == ["User dana: list pods in shop denied"])
        #expect(
            Decoding(AuditDecoder(), lines: [impersonated.line]).accesses.first == "User eve: list pods in shop denied")
    }

    @Test func `the received stage, an empty verb and an empty user are ignored`() {
        let lines = [
            EventText().with { $0.stage = "RequestReceived" }.line, EventText().with { $0.verb = "" }.line,
            EventText().with { $0.user = "{}" }.line,
        ]
        let decoding = Decoding(AuditDecoder(), lines: lines)
        #expect(decoding.ignored == [.noVerb, .requestReceived, .unauthenticated])
        #expect(decoding.records.observed == 0)
    }

    @Test(
        arguments: [
            (#"{"resource":"pods","subresource":"log","namespace":"n","name":"p"}"#, "get", "get pods/log p in n"),
            (#"{"resource":"deployments","apiGroup":"apps","name":"d"}"#, "patch", "patch deployments.apps d"),
            (#"{"resource":"namespaces","namespace":"x","name":"x"}"#, "get", "get namespaces x in x"),
            (nil, "get", "get /livez"), (#"{"name":"odd"}"#, "get", "get /livez"), ("null", "get", "get /livez"),
        ] as [(String?, String, String)]) func `requests are for resources, or for paths without their query`(
            reference: String?, verb: String, expected: String
        )
    {
        let event = EventText().with {
            $0.reference = reference
            $0.verb = verb
            $0.uri = "/livez?verbose=true\\u0026x=1"
        }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).accesses == ["User dana: \(expected) allowed"])
    }

    @Test(arguments: [
        ("list", #"?limit=1\u0026fieldSelector=metadata.name%3Dweb\u0026watch=1"#, "web"),
        ("watch", "?fieldSelector=metadata.name=web", "web"), ("list", "?fieldSelector=metadata.name%3d%3dweb", "web"),
        ("deletecollection", "?fieldSelector=status.phase%3DRunning%2Cmetadata.name%3Dweb", "web"),
        ("list", "?fieldSelector=status.phase=Running,metadata.name=web", "web"),
        ("list", "?fieldSelector=metadata.name!%3Dweb", ""), ("list", "?fieldSelector=metadata.namespace%3Dweb", ""),
        ("list", "?labelSelector=fieldSelector=metadata.name%3Dweb", ""),
        ("create", "?fieldSelector=metadata.name%3Dx", ""),
    ]) func `a list by metadata name names its object`(verb: String, query: String, name: String) {
        let event = EventText().with {
            $0.verb = verb
            $0.uri += query
        }
        let decoding = Decoding(AuditDecoder(), lines: [event.line])
        #expect(decoding.decoder.tables.actions.map(\.name) == [name])
    }

    @Test(arguments: [
        (#"{"resource":"pods","namespace":"n","name":"p"}"#, "create pods in n"),
        (#"{"resource":"pods","subresource":"eviction","namespace":"n","name":"p"}"#, "create pods/eviction p in n"),
    ]) func `a plain create has no name when it is authorized`(reference: String, expected: String) {
        let event = EventText().with {
            $0.verb = "create"
            $0.code = 201
            $0.reference = reference
        }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).accesses == ["User dana: \(expected) allowed"])
    }

    @Test(arguments: [("allow", "allowed"), (nil, "allowedByStatus")], ["update", "patch"])
    func `an update or patch that created its object needed create by name`(
        decision: (annotation: String?, expected: String), verb: String
    ) {
        let event = EventText().with {
            $0.verb = verb
            $0.code = 201
            $0.decision = decision.annotation
            $0.uri += "/p?dryRun=All"
            $0.reference = #"{"resource":"pods","namespace":"n","name":"p"}"#
        }
        let decoding = Decoding(AuditDecoder(), lines: [event.line, event.with { $0.code = 200 }.line])
        let marked = "pods p in n \(decision.expected) dry"
        #expect(
            decoding.accesses == [
                "User dana: \(verb) \(marked)", "User dana: create \(marked)", "User dana: \(verb) \(marked)",
            ])
        #expect(decoding.samples == ["curl/8: 201", "curl/8: 201, created by \(verb)", "curl/8: 200"])
        #expect(decoding.records.observed == 2)
    }

    @Test(arguments: [
        EventText().with { $0.decision = "forbid" }, EventText().with { $0.code = 403 },
        EventText().with { $0.verb = "create" }, EventText().with { $0.reference = nil },
        EventText().with { $0.verb = "get" },
    ]) func `nothing was created by what was refused, or by other requests`(event: EventText) {
        let line = event.with {
            $0.verb = $0.verb == "list" ? "patch" : $0.verb
            $0.code = $0.code == 200 ? 201 : $0.code
        }.line
        #expect(Decoding(AuditDecoder(), lines: [line]).accesses.count == 1)
    }

    @Test func `an impersonated creation belongs to the user it ran as`() {
        let event = EventText().with {
            $0.verb = "patch"
            $0.code = 201
            $0.reference = #"{"resource":"roles","apiGroup":"g","namespace":"n","name":"r"}"#
            $0.impersonated = #"{"username":"eve"}"#
        }
        #expect(
            Decoding(AuditDecoder(), lines: [event.line]).accesses == [
                "User eve: patch roles.g r in n allowed", "User eve: create roles.g r in n allowed",
                "User dana: impersonate users eve allowed",
            ])
    }

    @Test(arguments: [
        ("?dryRun=All", true), (#"?force=true\u0026dryRun=All"#, true), ("?xdryRun=All", false), ("", false),
    ])
    func `dry runs are marked`(query: String, isDryRun: Bool) {
        let event = EventText().with { $0.uri += query }
        #expect(Decoding(AuditDecoder(), lines: [event.line]).records.accesses.map(\.isDryRun) == [isDryRun])
    }

    @Test func `a lasting request counts once, in any order of its events`() {
        let started = EventText().with {
            $0.verb = "watch"
            $0.stage = "ResponseStarted"
        }
        let complete = started.with { $0.stage = "ResponseComplete" }
        let other = complete.with { $0.id = #""auditID":"id-2","# }
        for lines in [[started, complete, other], [complete, started, other], [other, complete, started]] {
            let accesses = Decoding(AuditDecoder(), lines: lines.map(\.line)).records.accesses
            #expect(accesses.count == 3)
            #expect(accesses.filter(\.isCounted).count == 2)
        }
    }

    @Test func `a started request of any kind is not counted again when it ends`() {
        let started = EventText().with { $0.stage = "ResponseStarted" }
        let lines = [started, started.with { $0.stage = "Panic" }].map(\.line)
        #expect(Decoding(AuditDecoder(), lines: lines).records.accesses.map(\.isCounted) == [true, false])
    }

    @Test func `an impersonated request belongs to the user it ran as, and impersonating to the other`() {
        let event = EventText().with {
            $0.impersonated = """
                {"username":"system:serviceaccount:shop:web","uid":"u-1","groups":["system:serviceaccounts",\
                "system:serviceaccounts:shop","system:authenticated","auditors"],"extra":{"scopes":["view","edit"]}}
                """
            $0.decision = "forbid"
            $0.code = 403
        }
        let decoding = Decoding(AuditDecoder(), lines: [event.line])
        #expect(
            decoding.accesses == [
                "ServiceAccount shop/web: list pods in shop denied",
                "User dana: impersonate serviceaccounts web in shop allowed",
                "User dana: impersonate groups auditors allowed",
                "User dana: impersonate uids.authentication.k8s.io u-1 allowed",
                "User dana: impersonate userextras/scopes.authentication.k8s.io view allowed",
                "User dana: impersonate userextras/scopes.authentication.k8s.io edit allowed",
            ])
        #expect(decoding.memberships.count == 2)
        #expect(decoding.memberships.last == #"User dana ["sre", "system:authenticated"]"#)
    }

    @Test func `users whose names differ in bytes alone are two`() {
        let lines = ["jos\u{e9}", "jose\u{301}", "jos\u{e9}"].enumerated().map { number, name in
            EventText().with {
                $0.id = "\"auditID\":\"id-\(number)\","
                $0.user = "{\"username\":\"\(name)\",\"groups\":[\"\(name)\"]}"
            }.line
        }
        let decoding = Decoding(AuditDecoder(), lines: lines)
        #expect(decoding.decoder.tables.subjects.map(\.name.utf8.count) == [5, 6])
        #expect(decoding.records.accesses.map(\.subject) == [0, 1, 0])
    }

    @Test func `impersonating a user by name needs users, and nothing for the groups that the server adds`() {
        let event = EventText().with {
            $0.impersonated = #"{"username":"system:anonymous","groups":["system:unauthenticated"]}"#
        }
        let accesses = Decoding(AuditDecoder(), lines: [event.line]).accesses
        #expect(accesses.dropFirst() == ["User dana: impersonate users system:anonymous allowed"])
    }

    @Test func `who acts as itself needs to be allowed to`() {
        let event = EventText().with {
            $0.user = #"{"username":"dana","groups":["system:authenticated"]}"#
            $0.impersonated = $0.user
        }
        #expect(
            Decoding(AuditDecoder(), lines: [event.line]).accesses == [
                "User dana: list pods in shop allowed", "User dana: impersonate users dana allowed",
            ])
    }

    @Test(arguments: [
        (#""requestReceivedTimestamp":"2026-11-01T00:00:01Z","stageTimestamp":"2026-11-01T00:00:05Z""#, 1),
        (#""stageTimestamp":"2026-11-01T00:00:05Z","timestamp":"2026-11-01T00:00:09Z""#, 5),
        (#""timestamp":"2026-11-01T02:00:09+02:00""#, 9),
    ]) func `the time is the request's, else the stage's, else the old field's`(time: String, second: Int) {
        let decoding = Decoding(AuditDecoder(), lines: [EventText().with { $0.time = time }.line])
        #expect(decoding.records.accesses.map(\.time) == [Timestamp("2026-11-01T00:00:0\(second)Z")])
    }

    @Test(arguments: [
        (EventText().with { $0.version = "v1" }, Diagnostic.Kind.notThisSource),
        (EventText().with { $0.version = "" }.with { $0.id = "" }, .notThisSource),
        (EventText().with { $0.time = #""x":1"# }, .missingTime),
        (EventText().with { $0.user = "null" }, .missingField),
        (EventText().with { $0.user = #""dana""# }, .wrongType), (EventText().with { $0.stage = "Later" }, .wrongType),
        (EventText().with { $0.reference = nil }.with { $0.uri = "livez" }, .missingField),
        (EventText().with { $0.time = #""stageTimestamp":"yesterday""# }, .wrongType),
    ]) func `events that cannot be used are rejected`(event: EventText, kind: Diagnostic.Kind) {
        #expect(Decoding(AuditDecoder(), lines: [event.line]).rejected == [kind])
    }

    @Test func `items of a list need neither kind nor version`() {
        let line = EventText().line.replacing(#""kind":"Event","apiVersion":"audit.k8s.io/v1","#, with: "")
        #expect(Decoding(AuditDecoder(), lines: [line]).accesses.count == 1)
    }

    @Test func `reasons lose their escapes`() {
        let reason = #","authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \"a/b\" to User \"d\u0026\"""#
        let line = EventText().line.replacing(#""allow"}"#, with: #""allow""# + reason + "}")
        let decoding = Decoding(AuditDecoder(), lines: [line])
        #expect(decoding.decoder.tables.reasons == [#"RBAC: allowed by RoleBinding "a/b" to User "d&""#])
    }
}
