import AppConfiguration
import Domain
import Testing

@Suite struct AuditPolicyFileTests {
    @Test func `reads every field`() throws {
        let policy = try AuditPolicyFile.parse(
            """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            metadata: {name: x}
            omitStages: [RequestReceived]
            rules:
            - level: None
              users: ["system:kube-proxy"]
              userGroups: ["system:nodes"]
              verbs: [watch]
              resources:
              - group: # core
                resources: [endpoints, services/status]
                resourceNames: [a, ""]
              - {group: apps}
              - resources: ["*"]
              namespaces: [shop, ""]
              omitStages: [ResponseStarted, Panic]
              omitManagedFields: true
            - {level: Metadata, nonResourceURLs: ["/healthz*", "*"]}
            - level: RequestResponse
              resources:
              users:
            """, name: "policy.yaml")
        let resources = [
            AuditPolicy.GroupResources(
                group: "", resources: ["endpoints", "services/status"], resourceNames: ["a", ""]),
            AuditPolicy.GroupResources(group: "apps"), AuditPolicy.GroupResources(group: "", resources: ["*"]),
        ]
        let first = AuditPolicy.Rule(
            level: .none, users: ["system:kube-proxy"], userGroups: ["system:nodes"], verbs: ["watch"],
            resources: resources, namespaces: [Namespace("shop"), .clusterScope],
            omitStages: [.responseStarted, .panic])
        #expect(
            policy
                == AuditPolicy(
                    omitStages: [.requestReceived],
                    rules: [
                        first, AuditPolicy.Rule(level: .metadata, nonResourceURLs: ["/healthz*", "*"]),
                        AuditPolicy.Rule(level: .requestResponse),
                    ]))
    }

    @Test(arguments: ["v1", "v1beta1"])
    func `reads the versions that API servers have read`(version: String) throws {
        let text =
            "{\"apiVersion\": \"audit.k8s.io/\(version)\", \"kind\": \"Policy\", \"rules\": [{\"level\": \"None\"}]}"
        #expect(try AuditPolicyFile.parse(text, name: "p.json") == AuditPolicy(rules: [AuditPolicy.Rule(level: .none)]))
    }

    @Test(arguments: [
        ("", "p.yaml is empty"), ("a: [", "p.yaml is not one YAML document"), ("- a", "p.yaml:1: the file is no map"),
        ("text", "the file is no map"), ("kind: Policy\n---\nkind: Policy\n", "not one YAML document"),
        ("apiVersion: v1\nkind: ConfigMap\n", "no audit policy: its kind is 'ConfigMap'"),
        ("apiVersion: audit.k8s.io/v1alpha1\nkind: Policy\nrules: []\n", "no audit policy"),
        ("kind: Policy\nkind: Policy\n", "not one YAML document"),
        (policy(""), "has no rules"), (policy("rules: []"), "has no rules"), (policy("rules: {}"), "rules is no list"),
        (policy("rules: [a]"), "p.yaml:3: rules[0] is no map"), (policy("rules: [{}]"), "rules[0].level is missing"),
        (policy("rules: [{level: none}]"), "rules[0].level is missing or unknown"),
        (policy("rules: [{level: None, user: [a]}]"), "p.yaml:3: rules[0] has the unknown key 'user'"),
        (policy("base: &b {level: None}"), "the file has the unknown key 'base'"),
        (policy("rules: [{level: None, <<: {users: [a]}}]"), "unknown key '<<'"),
        (policy("rules: [{level: None, users: a}]"), "rules[0].users is no list"),
        (policy("rules: [{level: None, users: [1]}]"), "rules[0].users has an entry that is no string"),
        (policy("rules: [{level: None, verbs: [null]}]"), "no string"),
        (policy("rules: [{level: None, verbs: [[get]]}]"), "no string"),
        (
            policy("rules: [{level: None, resources: [{group: '*'}]}]"),
            "rules[0].resources[0].group '*' is no API group"
        ),
        (policy("rules: [{level: None, resources: [{group: apps/v1}]}]"), "'apps/v1' is no API group"),
        (policy("rules: [{level: None, resources: [{resourceNames: [a]}]}]"), "stands without resources"),
        (policy("rules: [{level: None, resources: [pods]}]"), "rules[0].resources[0] is no map"),
        (policy("rules: [{level: None, nonResourceURLs: [healthz]}]"), "'healthz' is no path"),
        (policy("rules: [{level: None, nonResourceURLs: ['/a*b*']}]"), "'/a*b*' is no path"),
        (
            policy("rules: [{level: None, nonResourceURLs: ['/a'], namespaces: [b]}]"),
            "both resources and nonResourceURLs"
        ),
        (policy("rules: [{level: None, omitStages: [Response]}]"), "'Response' is no stage"),
        (policy("omitStages: [x]"), "omitStages 'x' is no stage"),
        (
            policy(
                "rules: [{level: None, users: &u [\(String(repeating: "a,", count: 90_000))]}, {level: None, users: *u}]"
            ),
            "makes the policy too large"
        ),
    ])
    func `says what is wrong with a file and what to do`(text: String, message: String) {
        do {
            _ = try AuditPolicyFile.parse(text, name: "p.yaml")
            Issue.record("read \(text)")
        } catch {
            #expect(error.message.contains(message), "\(error.message)")
            #expect(!error.hint.isEmpty)
        }
    }
}

private func policy(_ more: String) -> String { "apiVersion: audit.k8s.io/v1\nkind: Policy\n\(more)\n" }
