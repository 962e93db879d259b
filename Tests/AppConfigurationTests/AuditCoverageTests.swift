import AppConfiguration
import Domain
import Testing

/// What a policy in the manner of kube-up's and GKE's default records, and what one after the Kubernetes documentation
/// ("Auditing") does.
@Suite struct AuditCoverageTests {
    private static let cloud = """
        omitStages: [RequestReceived]
        rules:
        - {level: None, users: ["system:kube-proxy"], verbs: [watch], resources: [{group: "", resources: [endpoints, services, services/status]}]}
        - {level: None, userGroups: ["system:nodes"], verbs: [get], resources: [{group: "", resources: [nodes, nodes/status]}]}
        - level: None
          users: ["system:kube-scheduler", "system:serviceaccount:kube-system:endpoint-controller"]
          verbs: [get, update]
          namespaces: [kube-system]
          resources: [{group: "", resources: [endpoints]}]
        - {level: None, users: ["system:apiserver"], verbs: [get], resources: [{group: "", resources: [namespaces]}]}
        - {level: None, nonResourceURLs: ["/healthz*", /version, "/swagger*"]}
        - {level: None, resources: [{group: "", resources: [events]}]}
        - level: Request
          userGroups: ["system:nodes"]
          verbs: [update, patch]
          resources: [{group: "", resources: [nodes/status, pods/status]}]
        - level: Metadata
          resources: [{group: "", resources: [secrets, configmaps, serviceaccounts/token]}, {group: authentication.k8s.io, resources: [tokenreviews]}]
        - {level: Request, verbs: [get, list, watch], resources: [{group: ""}, {group: apps}]}
        - {level: RequestResponse, resources: [{group: ""}, {group: apps}]}
        - {level: Metadata}
        """

    private static let documented = """
        rules:
        - {level: RequestResponse, resources: [{group: "", resources: [pods]}]}
        - {level: Metadata, resources: [{group: "", resources: [pods/log, pods/status]}]}
        - {level: None, resources: [{group: "", resources: [configmaps], resourceNames: [controller-leader]}]}
        - {level: None, userGroups: ["system:authenticated"], nonResourceURLs: ["/api*", /version]}
        - {level: Request, namespaces: [kube-system], resources: [{group: "", resources: [configmaps]}]}
        - {level: None, namespaces: [quiet]}
        - {level: None, namespaces: [""], resources: [{group: rbac.authorization.k8s.io}]}
        - {level: None, resources: [{group: batch, resources: ["*/scale", "jobs/*"]}]}
        - {level: Metadata, omitStages: [RequestReceived]}
        """

    private static let account = AuditedSubject(
        Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "cart"))
    private static let dana = AuditedSubject(Subject(kind: .user, name: "dana"), groups: ["sre"])

    /// `verb group resource namespace name`, where `-` is the core group or every namespace and name, `.` the cluster
    /// scope; or `verb /path`.
    private static func permission(_ text: String, by subject: AuditedSubject) -> AuditedPermission {
        let words = text.split(separator: " ").map(String.init)
        if words.count == 2 { return AuditedPermission(subject: subject, verb: words[0], nonResourceURL: words[1]) }
        let namespace = words[3] == "-" ? nil : Namespace(words[3] == "." ? "" : words[3])
        return AuditedPermission(
            subject: subject, verb: words[0], apiGroup: words[1] == "-" ? "" : words[1], resource: words[2],
            namespace: namespace, name: words[4] == "-" ? nil : words[4])
    }

    private static func policy(_ text: String) throws -> AuditPolicy {
        try AuditPolicyFile.parse("apiVersion: audit.k8s.io/v1\nkind: Policy\n\(text)\n", name: "policy.yaml")
    }

    @Test(arguments: [
        ("get - pods shop -", true), ("get - pods - -", true), ("watch - endpoints shop -", true),
        ("* - pods - -", true),
        ("get - events shop -", false), ("* - events - -", false), ("create events.k8s.io events shop -", true),
        ("create - events shop x", false), ("get - * shop -", false), ("get * events shop -", false),
        ("get - events/status shop -", true), ("get - */status - -", true), ("get * * - -", false),
        ("* * * - -", false),
        ("get apps * - -", true), ("* apps */scale - -", true), ("get metrics.k8s.io pods - -", true),
        ("get /healthz", false), ("get /healthz/etcd", false), ("get /healthz*", false), ("get /version", false),
        ("get /version/x", true), ("get /metrics", true), ("* /metrics*", true), ("get *", false),
        ("get /heal*", false),
        ("get /swagger.json", false), ("get - nodes . -", true), ("update - endpoints kube-system -", true),
        ("impersonate - users . -", false), ("bind rbac.authorization.k8s.io clusterroles . admin", false),
        ("escalate rbac.authorization.k8s.io roles shop -", false), ("deletecollection - secrets shop -", true),
        ("create - serviceaccounts/token shop cart", true),
    ])
    func `judges a ServiceAccount under the clouds' default`(text: String, isRecorded: Bool) throws {
        #expect(try Self.policy(Self.cloud).records(Self.permission(text, by: Self.account)) == isRecorded)
    }

    @Test(arguments: [
        // Whether dana is a node as well, nobody knows.
        ("get - nodes . -", false), ("get - nodes/status . -", false), ("list - nodes . -", true),
        ("* - nodes . -", false),
        ("get - pods - -", true), ("update - nodes/status - -", true), ("get - * - -", false),
    ])
    func `judges a User with groups that may be more`(text: String, isRecorded: Bool) throws {
        #expect(try Self.policy(Self.cloud).records(Self.permission(text, by: Self.dana)) == isRecorded)
        let known = AuditedSubject(Subject(kind: .user, name: "dana"), groups: ["sre"], hasOnlyTheseGroups: true)
        let isNode = text.contains("nodes")
        #expect(try Self.policy(Self.cloud).records(Self.permission(text, by: known)) == (isRecorded || isNode))
    }

    @Test(arguments: [
        ("get - pods shop -", true), ("get - pods/log shop -", true), ("get - pods/exec shop -", true),
        ("get - configmaps shop other", true), ("get - configmaps shop controller-leader", false),
        ("get - configmaps shop -", false), ("get - configmaps kube-system other", true), ("get - pods quiet -", true),
        ("get - secrets quiet -", false), ("get - secrets - -", false), ("get - secrets shop -", true),
        ("get rbac.authorization.k8s.io clusterroles . -", false), ("get rbac.authorization.k8s.io roles shop -", true),
        ("get rbac.authorization.k8s.io roles - -", false), ("get batch jobs shop -", false),
        ("get batch jobs/status shop -", false), ("get batch cronjobs shop -", true),
        ("get batch cronjobs/scale shop -", false),
        ("get batch */status shop -", false), ("get batch * shop -", false), ("get /apis/apps", false),
        ("get /healthz", true),
        ("get /*", false),
    ])
    func `judges a ServiceAccount under the documentation's example`(text: String, isRecorded: Bool) throws {
        #expect(try Self.policy(Self.documented).records(Self.permission(text, by: Self.account)) == isRecorded)
    }

    @Test(arguments: [
        ("", true, true), ("RequestReceived", true, true), ("ResponseComplete", false, true),
        ("ResponseStarted", true, true), ("ResponseStarted, ResponseComplete", false, false), ("Panic", true, true),
        ("RequestReceived, ResponseStarted, Panic", true, true),
        ("ResponseStarted, ResponseComplete, Panic", false, false),
    ])
    func `asks for an event with the response`(stages: String, short: Bool, long: Bool) throws {
        let rules = [
            "omitStages: [\(stages)]\nrules: [{level: Metadata}]",
            "rules: [{level: Metadata, omitStages: [\(stages)]}]",
        ]
        for policy in try rules.map(Self.policy) {
            for text in ["get - pods shop -", "* - pods shop -", "get /metrics"] {
                #expect(policy.records(Self.permission(text, by: Self.account)) == short)
            }
            for text in [
                "watch - pods shop -", "create - pods/exec shop -", "get - pods/log shop -", "get /debug/pprof/*",
            ] {
                #expect(policy.records(Self.permission(text, by: Self.account)) == long)
            }
        }
    }

    @Test func `joins what the policy and the rule omit`() throws {
        let policy = try Self.policy(
            "omitStages: [ResponseStarted]\nrules: [{level: Metadata, omitStages: [ResponseComplete]}]")
        #expect(!policy.records(Self.permission("watch - pods shop -", by: Self.account)))
    }

    @Test(arguments: [
        // What matches no rule is not recorded; no word in users, groups or verbs is a wildcard.
        ("{level: Metadata, resources: [{group: apps}]}", "get - pods shop -", false),
        ("{level: Metadata, users: [\"*\"]}", "get - pods shop -", false),
        ("{level: Metadata, verbs: [\"*\"]}", "get - pods shop -", false),
        (
            "{level: Metadata, resources: [{group: \"\", resources: [\"*/*\", \"*/\", pods/]}]}", "get - pods shop -",
            false
        ),
        ("{level: Metadata, resources: [{group: \"\", resources: [pods/*]}]}", "get - pods shop -", true),
        ("{level: Metadata, resources: [{group: \"\", resources: [pods/*]}]}", "get - pods/log shop -", true),
        ("{level: Metadata, resources: [{group: \"\", resources: [pods]}]}", "get - pods/log shop -", false),
        ("{level: Metadata, resources: [{group: \"\", resources: [\"*/log\"]}]}", "get - pods/log shop -", true),
        ("{level: Metadata, resources: [{group: \"\"}]}", "get /metrics", false),
        ("{level: Metadata, nonResourceURLs: [\"*\"]}", "get - pods shop -", false),
        ("{level: Metadata, namespaces: [shop]}", "get - pods shop -", true),
        ("{level: Metadata, namespaces: [shop]}", "get - pods - -", false),
        ("{level: Metadata, namespaces: [shop]}", "get /metrics", false),
        ("{level: Metadata, userGroups: [\"system:serviceaccounts:shop\"]}", "get - pods shop -", true),
        ("{level: Metadata, userGroups: [\"system:authenticated\"]}", "get - pods shop -", true),
        ("{level: Metadata, userGroups: [sre]}", "get - pods shop -", false),
        ("{level: Metadata, users: [\"system:serviceaccount:shop:cart\"]}", "get - pods shop -", true),
        ("{level: Metadata, users: [cart]}", "get - pods shop -", false),
        (
            "{level: Metadata, resources: [{group: \"\", resources: [pods], resourceNames: [\"\u{e9}\"]}]}",
            "get - pods shop e\u{301}", false
        ),
        (
            "{level: Metadata, resources: [{group: \"\", resources: [pods], resourceNames: [\"\u{e9}\"]}]}",
            "get - pods shop \u{e9}", true
        ),
    ])
    func `compares words as the API server does`(rule: String, text: String, isRecorded: Bool) throws {
        let policy = try Self.policy("rules: [\(rule)]")
        #expect(policy.records(Self.permission(text, by: Self.account)) == isRecorded)
    }

    @Test(arguments: [
        ("system:serviceaccounts:shop", "system:serviceaccount:shop:cart", false),
        ("system:serviceaccounts:shop", "system:serviceaccount:other:cart", true),
        ("system:serviceaccounts:shop", "dana", true),
        ("system:serviceaccounts", "system:serviceaccount:other:cart", false),
        ("system:serviceaccounts", "dana", true), ("sre", "dana", false), ("system:masters", "dana", false),
    ])
    func `judges a Group by whoever may be in it`(group: String, silent: String, isRecorded: Bool) throws {
        let policy = try Self.policy("rules: [{level: None, users: [\"\(silent)\"]}, {level: Metadata}]")
        let members = AuditedSubject(Subject(kind: .group, name: group))
        #expect(policy.records(Self.permission("get - pods shop -", by: members)) == isRecorded)
        let ofThisGroup = try Self.policy("rules: [{level: Metadata, userGroups: [\"\(group)\"]}]")
        #expect(ofThisGroup.records(Self.permission("get - pods shop -", by: members)))
    }

    @Test func `wants whoever may act in the subject's name on record too`() throws {
        let policy = try Self.policy("rules: [{level: None, users: [proxy]}, {level: Metadata}]")
        var permission = Self.permission("get - pods shop -", by: Self.account)
        #expect(policy.records(permission))
        permission.impersonators = [AuditedSubject(Subject(kind: .user, name: "proxy"))]
        #expect(!policy.records(permission))
    }
}
